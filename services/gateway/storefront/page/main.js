import { startAccount } from './account.js';
import { startBasket } from './basket.js';
import { byId } from './dom.js';
import { showOrders, showPlaced } from './orders.js';
import { startProducts } from './products.js';

const report = (error) => {
  byId('products-error').textContent = error.message;
};

startAccount(() => showOrders().catch(report));
startBasket(showPlaced);
startProducts().catch(report);
