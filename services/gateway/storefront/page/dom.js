/** Elements are created and filled with text, never with HTML: what the shop answers cannot become a script. */

export const byId = (id) => document.getElementById(id);

/** Creates an element. @param properties of the element; those with a dash are attributes */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-')) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** Text for screen readers only. */
export const hiddenText = (text) => element('span', { className: 'hidden-text' }, text);

let clear;

/** Says something to everybody: shown for some seconds, and read by a screen reader. */
export function announce(text) {
  byId('announcement').textContent = text;
  clearTimeout(clear);
  clear = setTimeout(() => byId('announcement').replaceChildren(), 8000);
}

/** Handles the submission of a form once at a time; an error is shown in the form. */
export function onSubmit(form, handle) {
  const error = form.querySelector('.error');
  const button = form.querySelector('button[type=submit]');
  form.addEventListener('submit', async (submitted) => {
    submitted.preventDefault();
    // Not `disabled`: the button would lose the focus.
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    error?.replaceChildren();
    try {
      await handle(Object.fromEntries(new FormData(form)), form);
    } catch (failure) {
      (error ?? byId('products-error')).textContent = failure.message;
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}

/** Formats an amount in the smallest unit of its currency. */
export function money({ amount, currency }) {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}
