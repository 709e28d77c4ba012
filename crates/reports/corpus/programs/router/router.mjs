// A router, a query parser, a cache and an event bus.

export function parseQuery(text) {
  const out = {};
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const key = at < 0 ? pair : pair.slice(0, at);
    const value = at < 0 ? '' : pair.slice(at + 1);
    out[decodeURIComponent(key)] = decodeURIComponent(value);
  }
  return out;
}

export function match(pattern, path) {
  const want = pattern.split('/');
  const have = path.split('/');
  if (want.length !== have.length) return null;
  const params = {};
  for (let i = 0; i < want.length; i++) {
    if (want[i].startsWith(':')) params[want[i].slice(1)] = have[i];
    else if (want[i] !== have[i]) return null;
  }
  return params;
}

export class Router {
  constructor() { this.routes = []; }
  add(pattern, handler) { this.routes.push({ pattern, handler }); return this; }
  handle(url) {
    const [path, query] = url.split('?');
    for (const route of this.routes) {
      const params = match(route.pattern, path);
      if (params !== null) return route.handler(params, parseQuery(query || ''));
    }
    throw new Error('no route for ' + path);
  }
}

export class Cache {
  constructor(size) { this.size = size; this.map = new Map(); this.hits = 0; }
  get(key) {
    if (!this.map.has(key)) return undefined;
    const value = this.map.get(key);
    this.map.delete(key);
    this.map.set(key, value);
    this.hits += 1;
    return value;
  }
  set(key, value) {
    this.map.delete(key);
    this.map.set(key, value);
    if (this.map.size > this.size) this.map.delete(this.map.keys().next().value);
  }
}

export class Bus {
  constructor() { this.handlers = {}; }
  on(name, handler) { (this.handlers[name] = this.handlers[name] || []).push(handler); }
  off(name, handler) { this.handlers[name] = this.handlers[name].filter(it => it !== handler); }
  emit(name, value) {
    const handlers = this.handlers[name] || [];
    for (const handler of handlers) handler(value);
    return handlers.length > 0;
  }
}

export function backoff(attempt, base, most) {
  if (attempt <= 0) return 0;
  const wait = base * 2 ** (attempt - 1);
  return wait > most ? most : wait;
}
