// What the pieces of the page are made of: elements, text, and schemas in words.

const MOST_NESTING = 6;
const MOST_SHOWN = 256 * 1024;

export const byId = (id) => document.getElementById(id);

/** The description; references are looked up in it. */
export let api = {};

export function use(description) {
  api = description;
}

/** An element; properties that begin with "on" are listeners, children are nodes or text. */
export function el(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

/** Text in which `words` stand in backticks. */
export function rich(text) {
  return String(text).split('`').map((part, i) => (i % 2 ? el('code', {}, part) : part));
}

export function say(text) {
  byId('said').textContent = text;
}

/** What a reference leads to; an empty schema where it leads nowhere. */
export function resolved(value) {
  let at = value;
  for (let i = 0; i < 20 && at && typeof at === 'object' && at.$ref; i++) {
    at = at.$ref.slice(2).split('/').map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
      .reduce((found, part) => (found === undefined || found === null ? found : found[part]), api);
  }
  return at === undefined || at === null || at === true ? {} : at;
}

/** JSON as it was sent, an entry a line: parsing it would lose the digits of large numbers. */
export function indented(json) {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) || [];
  let text = '';
  let depth = 0;
  const line = () => '\n' + '  '.repeat(Math.min(depth, 40));
  tokens.forEach((token, i) => {
    if (token === '{' || token === '[') {
      const empty = tokens[i + 1] === '}' || tokens[i + 1] === ']';
      depth++;
      text += token + (empty ? '' : line());
    } else if (token === '}' || token === ']') {
      const empty = tokens[i - 1] === '{' || tokens[i - 1] === '[';
      depth--;
      text += (empty ? '' : line()) + token;
    } else if (token === ',') text += token + line();
    else text += token === ':' ? ': ' : token;
  });
  return text;
}

export function shortened(text) {
  return text.length <= MOST_SHOWN ? text : text.slice(0, MOST_SHOWN) + '\n… (' + text.length + ' characters in all)';
}

/** A block of text with a button that copies it. */
export function block(pre) {
  const button = el('button', {
    type: 'button', class: 'copy', 'aria-label': 'Copy', onclick: async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent);
      } catch (refused) {
        const selection = getSelection();
        selection.selectAllChildren(pre);
        document.execCommand('copy');
        selection.removeAllRanges();
      }
      button.textContent = 'Copied';
      say('Copied');
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    },
  }, 'Copy');
  return el('div', { class: 'block' }, pre, button);
}

// ---- schemas

/** One schema of all its parts. */
export function merged(schema) {
  const whole = resolved(schema);
  if (!Array.isArray(whole.allOf)) return whole;
  return whole.allOf.map(merged).reduce((all, part) => ({
    ...all, ...part,
    properties: { ...all.properties, ...part.properties },
    required: [...(all.required || []), ...(part.required || [])],
  }), { ...whole, allOf: undefined });
}

export function typeOf(given) {
  const schema = merged(given);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' · ');
  const either = schema.anyOf || schema.oneOf;
  if (either) return either.map(typeOf).join(' or ');
  const types = [schema.type || (schema.properties ? 'object' : 'anything')].flat();
  return types.map((type) => (type === 'array' ? 'list of ' + typeOf(schema.items || {}) : type)).join(' or ')
    + (schema.format ? ' (' + schema.format + ')' : '');
}

/** The bounds that a schema says, in words. */
function bounds(schema) {
  return ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'default']
    .filter((word) => schema[word] !== undefined).map((word) => word + ' ' + JSON.stringify(schema[word])).join(', ');
}

export function fieldLine(name, schema, needed, description, nested) {
  const whole = merged(schema);
  const more = [description || whole.description, bounds(whole)].filter(Boolean).join('; ');
  return el('li', {},
    el('span', { class: 'name' }, name), ' ', el('span', { class: 'type' }, typeOf(schema)),
    needed ? el('span', { class: 'needed' }, ' required') : null,
    more ? el('div', { class: 'note' }, rich(more)) : null, nested);
}

/** The fields of an object, or of a list's items; null where there is nothing to name. */
function fieldsOf(given, depth = 0) {
  const schema = merged(given);
  if (depth >= MOST_NESTING) return null;
  if (schema.items) return fieldsOf(schema.items, depth + 1);
  const names = Object.keys(schema.properties || {});
  const values = schema.additionalProperties && typeof schema.additionalProperties === 'object'
    ? [fieldLine('any other name', schema.additionalProperties, false, '', fieldsOf(schema.additionalProperties, depth + 1))]
    : [];
  if (!names.length && !values.length) return null;
  return el('ul', { class: 'fields' }, names.map((name) => fieldLine(
    name, schema.properties[name], (schema.required || []).includes(name), '', fieldsOf(schema.properties[name], depth + 1))), values);
}

export function schemaPart(schema) {
  return fieldsOf(schema) || el('p', { class: 'type' }, typeOf(schema));
}

/** A value that fits a schema, more or less. */
export function example(given, depth = 0) {
  const schema = merged(given);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples && schema.examples.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const either = schema.anyOf || schema.oneOf;
  if (either) return example(either[0], depth + 1);
  const type = [schema.type].flat().find((word) => word !== 'null');
  if (type === 'object' || schema.properties) {
    const needed = Object.keys(schema.properties || {})
      .filter((name) => depth < MOST_NESTING && (depth === 0 || (schema.required || []).includes(name)));
    return Object.fromEntries(needed.map((name) => [name, example(schema.properties[name], depth + 1)]));
  }
  if (type === 'array') return depth < MOST_NESTING ? [example(schema.items || {}, depth + 1)] : [];
  if (type === 'integer' || type === 'number') return schema.minimum === undefined ? 1 : schema.minimum;
  return type === 'boolean' ? true : type === 'string' || type === undefined ? 'text' : null;
}
