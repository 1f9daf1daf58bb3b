// The page of the API's description: reads openapi.json beside it and shows it. No library, nothing from elsewhere.

import { api, byId, el, fieldLine, resolved, rich, say, schemaPart, use } from './docs-parts.js';
import { needsKey, tryPart } from './docs-try.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

// ---- operations

/** The operations of the document, in its order. */
function operations() {
  const all = [];
  for (const [path, item] of Object.entries(api.paths || {})) {
    for (const method of METHODS) {
      if (item[method]) all.push({ path, method, ...item[method] });
    }
  }
  return all;
}

function bodySchema(operation) {
  const body = operation.requestBody && resolved(operation.requestBody);
  return body && body.content['application/json'];
}

function part(title, ...children) {
  return el('section', {}, el('h3', {}, title), children);
}

function answersPart(operation) {
  const answers = Object.entries(operation.responses).map(([code, given]) => {
    const answer = resolved(given);
    const content = Object.entries(answer.content || {});
    const types = content.map(([type]) => type).join(', ');
    return el('details', {},
      el('summary', {}, el('span', { class: 'code' + (code < '400' ? ' good' : '') }, code), ' ', rich(answer.description)),
      el('div', {},
        types ? el('p', { class: 'note' }, types) : null,
        Object.entries(answer.headers || {}).map(([name, header]) => el('p', { class: 'note' },
          el('code', {}, name), ' ', rich(resolved(header).description || ''))),
        content.length ? schemaPart(content[0][1].schema || {}) : null));
  });
  return part('Answers', el('div', { class: 'answers' }, answers));
}

function inside(operation) {
  const parameters = (operation.parameters || []).map(resolved);
  const body = bodySchema(operation);
  return el('div', { class: 'inside' },
    operation.description ? el('p', {}, rich(operation.description)) : null,
    parameters.length ? part('Parameters', el('ul', { class: 'fields' }, parameters.map((parameter) => fieldLine(
      parameter.name, parameter.schema, parameter.required,
      ['In the ' + parameter.in + '.', parameter.description].filter(Boolean).join(' '), null)))) : null,
    body ? part('Body (application/json)' + (resolved(operation.requestBody).required ? ', required' : ''),
      schemaPart(body.schema)) : null,
    answersPart(operation), tryPart(operation, parameters, body));
}

function operationPart(operation) {
  const details = el('details', { class: 'operation', id: operation.operationId, ontoggle: () => {
    if (details.open && details.childElementCount === 1) details.append(inside(operation));
  } }, el('summary', {},
    el('span', { class: 'method ' + operation.method }, operation.method.toUpperCase()),
    el('span', { class: 'path' }, operation.path),
    el('span', { class: 'summary' }, operation.summary || ''),
    (api.security || []).length ? el('span', { class: 'mark' }, needsKey(operation) ? 'needs a key' : 'no key needed') : null));
  return details;
}

// ---- the page

function show() {
  const all = operations();
  const groups = (api.tags || []).map((tag) => ({ ...tag, all: all.filter((one) => (one.tags || []).includes(tag.name)) }))
    .filter((group) => group.all.length);
  byId('title').textContent = (api.info.title || '') + ' API';
  byId('about').textContent = api.info.summary || '';
  byId('key-form').hidden = !(api.security || []).length;
  byId('operations').replaceChildren(...groups.map((group) => el('section', { class: 'group' },
    el('h2', {}, group.name), el('p', {}, group.description || ''), group.all.map(operationPart))));
  byId('nav').replaceChildren(...groups.map((group) => el('section', {}, el('h2', {}, group.name),
    el('ul', {}, group.all.map((one) => el('li', {}, el('a', { href: '#' + encodeURIComponent(one.operationId), onclick: () => open(one.operationId) },
      el('span', { class: 'method ' + one.method }, one.method.toUpperCase()), el('span', { class: 'path' }, one.path))))))));
  byId('search').addEventListener('input', () => find(byId('search').value.trim().toLowerCase()));
  openNamed();
}

/** Hides what does not hold the words. */
function find(words) {
  const holds = (element) => words.split(/\s+/).every((word) => element.textContent.toLowerCase().includes(word));
  document.querySelectorAll('details.operation').forEach((one) => { one.hidden = !holds(one.querySelector('summary')); });
  document.querySelectorAll('nav li').forEach((one) => { one.hidden = !holds(one); });
  document.querySelectorAll('.group').forEach((one) => { one.hidden = !one.querySelector('details.operation:not([hidden])'); });
  document.querySelectorAll('nav section').forEach((one) => { one.hidden = !one.querySelector('li:not([hidden])'); });
  say(document.querySelectorAll('details.operation:not([hidden])').length + ' operations');
}

function open(id) {
  const details = byId(id);
  if (!details || !details.matches('details.operation')) return;
  details.open = true;
  details.dispatchEvent(new Event('toggle'));
  details.scrollIntoView();
  details.querySelector('summary').focus({ preventScroll: true });
}

function openNamed() {
  if (location.hash) open(decodeURIComponent(location.hash.slice(1)));
}

addEventListener('hashchange', openNamed);
addEventListener('keydown', (event) => {
  if (event.key === '/' && !event.target.closest('input, textarea, select')) {
    event.preventDefault();
    byId('search').focus();
  }
});
byId('key-form').addEventListener('submit', (event) => event.preventDefault());

fetch(new URL('openapi.json', document.baseURI)).then((answer) => {
  if (!answer.ok) throw new Error(answer.status + ' ' + answer.statusText);
  return answer.json();
}).then((description) => {
  use(description);
  show();
}).catch((failure) => {
  byId('status').textContent = 'openapi.json cannot be read: ' + failure.message;
  byId('status').className = 'failure';
});
