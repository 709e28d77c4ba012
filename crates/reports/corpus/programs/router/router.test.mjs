import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { parseQuery, match, Router, Cache, Bus, backoff } from './router.mjs';

describe('parseQuery', () => {
  it('reads one pair', () => assert.deepEqual(parseQuery('a=1'), { a: '1' }));
  it('reads two pairs', () => assert.deepEqual(parseQuery('a=1&b=2'), { a: '1', b: '2' }));
  it('reads a key without a value', () => assert.deepEqual(parseQuery('a&b=2'), { a: '', b: '2' }));
  it('decodes', () => assert.deepEqual(parseQuery('a%20b=c%26d'), { 'a b': 'c&d' }));
  it('reads nothing', () => assert.deepEqual(parseQuery(''), {}));
  it('keeps further equal signs', () => assert.equal(parseQuery('a=b=c').a, 'b=c'));
});
describe('match', () => {
  it('matches words', () => assert.deepEqual(match('/a/b', '/a/b'), {}));
  it('refuses other words', () => assert.equal(match('/a/b', '/a/c'), null));
  it('refuses longer paths', () => assert.equal(match('/a', '/a/b'), null));
  it('reads a parameter', () => assert.deepEqual(match('/user/:id', '/user/7'), { id: '7' }));
  it('reads two parameters', () => assert.deepEqual(match('/:a/:b', '/x/y'), { a: 'x', b: 'y' }));
});
describe('Router', () => {
  const router = () => new Router().add('/users', () => 'list').add('/users/:id', p => 'user ' + p.id).add('/find', (p, q) => 'find ' + q.text);
  it('finds the list', () => assert.equal(router().handle('/users'), 'list'));
  it('finds a user', () => assert.equal(router().handle('/users/7'), 'user 7'));
  it('hands the query on', () => assert.equal(router().handle('/find?text=a%20b'), 'find a b'));
  it('throws without a route', () => assert.throws(() => router().handle('/nope'), /no route for \/nope/));
  it('takes the first of two', () => assert.equal(new Router().add('/:a', () => 1).add('/x', () => 2).handle('/x'), 1));
});
describe('Cache', () => {
  it('gives what was set', () => { const c = new Cache(2); c.set('a', 1); assert.equal(c.get('a'), 1); });
  it('gives nothing else', () => assert.equal(new Cache(2).get('a'), undefined));
  it('drops the oldest', () => { const c = new Cache(2); c.set('a', 1); c.set('b', 2); c.set('c', 3); assert.equal(c.get('a'), undefined); assert.equal(c.get('c'), 3); });
  it('keeps what was used', () => { const c = new Cache(2); c.set('a', 1); c.set('b', 2); c.get('a'); c.set('c', 3); assert.equal(c.get('a'), 1); });
  it('counts hits', () => { const c = new Cache(2); c.set('a', 1); c.get('a'); c.get('b'); assert.equal(c.hits, 1); });
  it('sets anew', () => { const c = new Cache(2); c.set('a', 1); c.set('a', 2); assert.equal(c.map.size, 1); });
});
describe('Bus', () => {
  it('calls a handler', () => { let got; const b = new Bus(); b.on('x', v => { got = v; }); b.emit('x', 3); assert.equal(got, 3); });
  it('calls all handlers', () => { let n = 0; const b = new Bus(); b.on('x', () => n++); b.on('x', () => n++); b.emit('x'); assert.equal(n, 2); });
  it('says whether any was there', () => { const b = new Bus(); b.on('x', () => {}); assert.equal(b.emit('x'), true); assert.equal(b.emit('y'), false); });
  it('takes one off', () => { let n = 0; const f = () => n++; const b = new Bus(); b.on('x', f); b.off('x', f); b.emit('x'); assert.equal(n, 0); });
  it('leaves the others', () => { let n = 0; const f = () => n++; const b = new Bus(); b.on('x', f); b.on('x', () => n += 10); b.off('x', f); b.emit('x'); assert.equal(n, 10); });
});
describe('backoff', () => {
  it('starts at once', () => assert.equal(backoff(0, 100, 1000), 0));
  it('waits the base', () => assert.equal(backoff(1, 100, 1000), 100));
  it('doubles', () => assert.equal(backoff(3, 100, 1000), 400));
  it('is bounded', () => assert.equal(backoff(10, 100, 1000), 1000));
});
