import { call, logIn, logOut, whenSessionEnds } from './api.js';
import { announce, byId, onSubmit } from './dom.js';

let customer;

/** Whether a customer is signed in. */
export const signedIn = () => customer !== undefined;

/** Moves to the forms, for what needs an account. */
export function askToSignIn(why) {
  announce(why);
  byId('account').querySelector('details[open] input, summary').focus();
}

/** Runs sign-up, log-in and log-out. @param onChange called when a customer has signed in or out */
export function startAccount(onChange) {
  const show = (profile) => {
    customer = profile;
    byId('signed-out').hidden = signedIn();
    byId('signed-in').hidden = !signedIn();
    byId('customer').textContent = profile?.name ?? '';
    onChange();
  };
  const enter = async ({ email, password }, form) => {
    await logIn(email, password);
    show(await call('GET', '/users/me'));
    form.reset();
    announce(`Signed in as ${customer.name}`);
    byId('account').focus();
  };
  onSubmit(byId('sign-up'), async (fields, form) => {
    await call('POST', '/users', { body: fields });
    await enter(fields, form);
  });
  onSubmit(byId('log-in'), enter);
  byId('log-out').addEventListener('click', async () => {
    await logOut();
    show(undefined);
    announce('Signed out');
    byId('account').focus();
  });
  whenSessionEnds(() => {
    show(undefined);
    announce('Your session has ended; log in again');
  });
}
