const assert = require('node:assert');
const { Emitter, reduce, Store, remaining, progress, Schedule, throttle, retry } = require('./events.js');

const list = (...done) => ({ items: done.map((it) => ({ text: 'x', done: it })) });

it('a handler is called', () => {
  const emitter = new Emitter();
  const got = [];
  emitter.on('a', (it) => got.push(it));
  emitter.emit('a', 1);
  assert.deepStrictEqual(got, [1]);
});
it('handlers are called in order', () => {
  const emitter = new Emitter();
  const got = [];
  emitter.on('a', () => got.push('first'));
  emitter.on('a', () => got.push('second'));
  emitter.emit('a');
  assert.deepStrictEqual(got, ['first', 'second']);
});
it('emitting tells whether anybody heard', () => {
  const emitter = new Emitter();
  assert.strictEqual(emitter.emit('a'), false);
  emitter.on('a', () => {});
  assert.strictEqual(emitter.emit('a'), true);
});
it('a handler can be taken off', () => {
  const emitter = new Emitter();
  let count = 0;
  const off = emitter.on('a', () => (count += 1));
  emitter.emit('a');
  off();
  emitter.emit('a');
  assert.strictEqual(count, 1);
});
it('taking off one leaves the other', () => {
  const emitter = new Emitter();
  let count = 0;
  emitter.on('a', () => (count += 1));
  emitter.on('a', () => (count += 10))();
  emitter.emit('a');
  assert.strictEqual(count, 1);
});
it('once is once', () => {
  const emitter = new Emitter();
  let count = 0;
  emitter.once('a', () => (count += 1));
  emitter.emit('a');
  emitter.emit('a');
  assert.strictEqual(count, 1);
});
it('items are added', () => {
  assert.deepStrictEqual(reduce({ items: [] }, { type: 'add', text: 'tea' }), { items: [{ text: 'tea', done: false }] });
});
it('items are added at the end', () => {
  const state = reduce(list(true), { type: 'add', text: 'tea' });
  assert.strictEqual(state.items[1].text, 'tea');
});
it('toggling marks an item', () => {
  assert.deepStrictEqual(reduce(list(false, false), { type: 'toggle', at: 1 }), list(false, true));
});
it('toggling twice is nothing', () => {
  const once = reduce(list(false), { type: 'toggle', at: 0 });
  assert.deepStrictEqual(reduce(once, { type: 'toggle', at: 0 }), list(false));
});
it('toggling nothing is refused', () => {
  assert.throws(() => reduce(list(false), { type: 'toggle', at: 1 }), /no item 1/);
});
it('clearing takes what is done', () => {
  assert.deepStrictEqual(reduce(list(true, false, true), { type: 'clear' }), list(false));
});
it('unknown actions change nothing', () => {
  const state = list(true);
  assert.strictEqual(reduce(state, { type: 'x' }), state);
});
it('the store changes', () => {
  const store = new Store();
  assert.strictEqual(store.dispatch({ type: 'add', text: 'tea' }), true);
  assert.strictEqual(store.state.items.length, 1);
});
it('the store tells of changes', () => {
  const store = new Store();
  let told = null;
  store.on('change', (state) => (told = state));
  store.dispatch({ type: 'add', text: 'tea' });
  assert.strictEqual(told, store.state);
});
it('the store tells nothing without a change', () => {
  const store = new Store();
  store.on('change', () => assert.fail('told'));
  assert.strictEqual(store.dispatch({ type: 'x' }), false);
});
it('undo goes back', () => {
  const store = new Store();
  store.dispatch({ type: 'add', text: 'tea' });
  assert.strictEqual(store.undo(), true);
  assert.deepStrictEqual(store.state.items, []);
});
it('undo ends', () => {
  assert.strictEqual(new Store().undo(), false);
});
it('redo goes forward again', () => {
  const store = new Store();
  store.dispatch({ type: 'add', text: 'tea' });
  store.undo();
  assert.strictEqual(store.redo(), true);
  assert.strictEqual(store.state.items.length, 1);
});
it('redo ends with a change', () => {
  const store = new Store();
  store.dispatch({ type: 'add', text: 'tea' });
  store.undo();
  store.dispatch({ type: 'add', text: 'milk' });
  assert.strictEqual(store.redo(), false);
});
it('remaining items are counted', () => {
  assert.strictEqual(remaining(list(true, false, false)), 2);
});
it('nothing remains', () => {
  assert.strictEqual(remaining(list(true, true)), 0);
});
it('progress is a percentage', () => {
  assert.strictEqual(progress(list(true, false, false)), 33);
});
it('progress ends at hundred', () => {
  assert.strictEqual(progress(list(true, true)), 100);
});
it('progress of nothing', () => {
  assert.strictEqual(progress(list()), 0);
});
it('jobs run when they are due', () => {
  const schedule = new Schedule();
  let ran = 0;
  schedule.after(10, () => (ran += 1));
  schedule.advance(9);
  assert.strictEqual(ran, 0);
  schedule.advance(1);
  assert.strictEqual(ran, 1);
});
it('jobs run in order of time', () => {
  const schedule = new Schedule();
  const got = [];
  schedule.after(20, () => got.push('late'));
  schedule.after(10, () => got.push('early'));
  schedule.advance(30);
  assert.deepStrictEqual(got, ['early', 'late']);
});
it('jobs come again', () => {
  const schedule = new Schedule();
  let ran = 0;
  schedule.every(10, () => (ran += 1));
  schedule.advance(35);
  assert.strictEqual(ran, 3);
});
it('jobs see their own time', () => {
  const schedule = new Schedule();
  let at = 0;
  schedule.after(7, () => (at = schedule.now));
  schedule.advance(50);
  assert.strictEqual(at, 7);
  assert.strictEqual(schedule.now, 50);
});
it('throttled calls are dropped', () => {
  const schedule = new Schedule();
  const got = [];
  const call = throttle(schedule, 10, (it) => got.push(it));
  call(1);
  call(2);
  assert.deepStrictEqual(got, [1]);
});
it('throttled calls go on later', () => {
  const schedule = new Schedule();
  const call = throttle(schedule, 10, () => {});
  assert.strictEqual(call(), true);
  schedule.advance(10);
  assert.strictEqual(call(), true);
});
it('retrying succeeds in the end', () => {
  const job = (tried) => {
    if (tried < 3) throw new Error('no');
    return tried;
  };
  assert.strictEqual(retry(3, job), 3);
});
it('retrying gives up', () => {
  let tried = 0;
  const job = () => {
    tried += 1;
    throw new Error('broken');
  };
  assert.throws(() => retry(2, job), /gave up after 2: broken/);
  assert.strictEqual(tried, 2);
});
it('what works is not tried again', () => {
  assert.strictEqual(retry(5, (tried) => tried), 1);
});
