// Trying an operation: a form, the same for a shell, and what comes back, event by event.

import { api, block, byId, el, example, indented, merged, resolved, shortened, typeOf } from './docs-parts.js';

const NDJSON = 'application/x-ndjson';
/** What a silent stream says now and then, which means nothing. */
const ALIVE = '{"event":"alive"}';
const MOST_EVENTS = 1000;
/** Headers that proxies and other programs send. */
const UNASKED = ['traceparent', 'grpc-timeout', 'x-envoy-expected-rq-timeout-ms'];
const MOST_TEXT = 256 * 1024;
const base = new URL('.', document.baseURI);

export function needsKey(operation) {
  return (operation.security || api.security || []).length > 0;
}

export function tryPart(operation, parameters, body) {
  const fields = parameters.filter((parameter) => !UNASKED.includes(parameter.name))
    .map((parameter) => ({ parameter, input: inputOf(operation, parameter) }));
  const content = resolved((operation.responses || {})['200'] || {}).content || {};
  const types = Object.keys(content);
  const accept = types.length > 1
    ? el('select', { id: operation.operationId + '-accept' }, types.map((type) => el('option', { value: type }, type))) : null;
  const text = body ? el('textarea', { id: operation.operationId + '-body', spellcheck: 'false' }) : null;
  if (text) {
    text.value = JSON.stringify(body.example !== undefined ? body.example : example(body.schema), null, 2);
    if (!resolved(operation.requestBody).required && ['get', 'delete'].includes(operation.method)) text.value = '';
    text.rows = Math.max(3, Math.min(16, text.value.split('\n').length + 1));
  }
  const request = () => requestOf(operation, fields, accept && accept.value, text && text.value);
  const curl = el('pre', { tabindex: '0', 'aria-label': 'curl' });
  const shown = () => { curl.textContent = curlOf(operation, request()); };
  const outcome = el('div', { class: 'outcome' });
  const go = el('button', { class: 'go' }, operation.method === 'get' ? 'Send' : 'Send ' + operation.method.toUpperCase());
  const stop = el('button', { type: 'button', disabled: true }, 'Cancel');
  const form = el('form', { oninput: shown, onsubmit: (event) => {
    event.preventDefault();
    send(request(), outcome, go, stop);
  } },
    fields.map(({ parameter, input }) => entry(parameter.name + (parameter.required ? ' *' : ''), input)),
    accept ? entry('Accept', accept) : null,
    text ? entry('Body', text, 'wide') : null,
    el('div', { class: 'actions' }, go, stop));
  shown();
  byId('key').addEventListener('input', shown);
  return el('section', { class: 'try' }, el('h3', {}, 'Try it'), form, el('div', { class: 'outcome' }, block(curl)), outcome);
}

function entry(label, input, kind) {
  return el('div', { class: 'entry ' + (kind || '') }, el('label', { for: input.id }, label), input);
}

function inputOf(operation, parameter) {
  const id = operation.operationId + '-' + parameter.in + '-' + parameter.name;
  const schema = merged(parameter.schema);
  const choices = schema.type === 'boolean' ? [true, false] : schema.enum;
  if (choices) {
    return el('select', { id }, parameter.required ? null : el('option', { value: '' }, ''),
      choices.map((choice) => el('option', { value: String(choice) }, String(choice))));
  }
  const hint = schema.type === 'array' ? 'one or more, by commas' : schema.type === 'object' ? 'name=value&name=value' : typeOf(schema);
  const input = el('input', { id, placeholder: hint, required: parameter.required, autocomplete: 'off', spellcheck: 'false' });
  if (parameter.example !== undefined) input.value = String(parameter.example);
  else if (parameter.required) input.value = String([example(parameter.schema)].flat().join(','));
  return input;
}

/** What is to be sent: its address, method, headers and body. */
function requestOf(operation, fields, accept, body) {
  let path = operation.path.slice(1);
  const query = [];
  const headers = {};
  for (const { parameter, input } of fields) {
    const value = input.value;
    if (parameter.in === 'path') path = path.replace('{' + parameter.name + '}', encodeURIComponent(value));
    else if (value === '') continue;
    else if (parameter.in === 'header') headers[parameter.name] = value;
    else if (merged(parameter.schema).type === 'object') query.push(value.replace(/\s/g, '+'));
    else if (merged(parameter.schema).type === 'array') {
      value.split(',').forEach((one) => query.push(parameter.name + '=' + encodeURIComponent(one.trim())));
    } else query.push(encodeURIComponent(parameter.name) + '=' + encodeURIComponent(value));
  }
  if (accept) headers.Accept = accept;
  if (body) headers['Content-Type'] = 'application/json';
  if (needsKey(operation)) headers.Authorization = 'Bearer ' + byId('key').value;
  const address = base.href + path + (query.length ? '?' + query.join('&') : '');
  return { address, method: operation.method.toUpperCase(), headers, body: body || undefined };
}

/** The same for a shell; the key stays out of its history. */
function curlOf(operation, request) {
  const quoted = (text) => "'" + text.replace(/'/g, "'\\''") + "'";
  const words = ['curl' + (request.headers.Accept && request.headers.Accept !== 'application/json' ? ' -N' : '')
    + (request.method === 'GET' ? '' : ' -X ' + request.method), quoted(request.address)];
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === 'Authorization') words.push('-H "Authorization: Bearer $MUSTER_KEY"');
    else if (value !== 'application/json' || name !== 'Accept') words.push('-H ' + quoted(name + ': ' + value));
  }
  if (request.body) words.push('-d ' + quoted(compact(request.body)));
  return words.join(' \\\n  ');
}

function compact(json) {
  try {
    JSON.parse(json);
    return (json.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g) || []).join('');
  } catch (unfinished) {
    return json;
  }
}

/** Sends a request and shows what comes; leaving it cancels the run. */
async function send(request, outcome, go, stop) {
  if (request.method === 'GET' && request.body) {
    outcome.replaceChildren(el('p', { class: 'line bad' }, 'A browser sends no body with GET; use the line above.'));
    return;
  }
  const abort = new AbortController();
  const line = el('p', { class: 'line', role: 'status' }, 'Waiting …');
  outcome.replaceChildren(line);
  go.disabled = true;
  stop.disabled = false;
  stop.onclick = () => abort.abort();
  const began = performance.now();
  const took = () => Math.round(performance.now() - began) + ' ms';
  try {
    const answer = await fetch(request.address, {
      method: request.method, headers: request.headers, body: request.body, signal: abort.signal, cache: 'no-store',
    });
    const said = () => [answer.status + ' ' + answer.statusText, took(),
      ...['Muster-Run', 'Muster-Partial', 'Retry-After'].filter((name) => answer.headers.get(name))
        .map((name) => name + ' ' + answer.headers.get(name))].join(' · ');
    const type = answer.headers.get('Content-Type') || '';
    line.textContent = said();
    line.className = 'line ' + (answer.ok ? 'good' : 'bad');
    if (type.startsWith(NDJSON)) await showEvents(answer, outcome, began);
    else if (type.startsWith('text/event-stream')) await showText(answer, outcome);
    else {
      const text = await answer.text();
      if (text) outcome.append(block(el('pre', { tabindex: '0' }, shortened(type.includes('json') ? indented(text) : text))));
    }
    line.textContent = said();
  } catch (failure) {
    const left = failure.name === 'AbortError';
    line.textContent = left ? 'Cancelled after ' + took() : 'No answer: ' + failure.message;
    line.className = 'line bad';
  } finally {
    go.disabled = false;
    stop.disabled = true;
  }
}

/** Takes an answer's text part by part. */
async function eachPart(answer, take) {
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    take(decoder.decode(value || new Uint8Array(), { stream: !done }));
    if (done) return;
  }
}

/** The events of a run, each as it comes; the oldest leave where they are too many. */
async function showEvents(answer, outcome, began) {
  const list = el('ol', { class: 'events', tabindex: '0', 'aria-label': 'Events' });
  outcome.append(list);
  let rest = '';
  await eachPart(answer, (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.filter((line) => line && line !== ALIVE).forEach((line) => list.append(eventLine(line, began)));
    while (list.childElementCount > MOST_EVENTS) list.firstChild.remove();
    list.scrollTop = list.scrollHeight;
  });
}

function eventLine(line, began) {
  let event = {};
  try {
    event = JSON.parse(line);
  } catch (broken) {
    event = { event: '?' };
  }
  const bad = event.error || ['failed', 'timedOut', 'cancelled'].includes(event.state);
  return el('li', {},
    el('span', { class: 'at' }, Math.round(performance.now() - began) + ' ms'),
    el('span', { class: 'kind' + (bad ? ' bad' : '') }, event.event || '?'), el('code', {}, line.slice(0, 4000)));
}

async function showText(answer, outcome) {
  const pre = el('pre', { tabindex: '0' });
  outcome.append(block(pre));
  await eachPart(answer, (text) => {
    pre.textContent = (pre.textContent + text).slice(-MOST_TEXT);
    pre.scrollTop = pre.scrollHeight;
  });
}
