import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { isLeap, daysIn, addMonths, parseDuration, formatDuration, cronField, overlaps, Schedule } from './dates.mjs';

describe('leap years', () => {
  it('every fourth', () => assert.equal(isLeap(2024), true));
  it('not others', () => assert.equal(isLeap(2023), false));
  it('not centuries', () => assert.equal(isLeap(1900), false));
  it('but every fourth century', () => assert.equal(isLeap(2000), true));
});
describe('days in a month', () => {
  it('january', () => assert.equal(daysIn(2023, 1), 31));
  it('february', () => assert.equal(daysIn(2023, 2), 28));
  it('leap february', () => assert.equal(daysIn(2024, 2), 29));
  it('december', () => assert.equal(daysIn(2023, 12), 31));
  it('no month 13', () => assert.throws(() => daysIn(2023, 13), RangeError));
  it('no month 0', () => assert.throws(() => daysIn(2023, 0), RangeError));
});
describe('adding months', () => {
  it('within a year', () => assert.deepEqual(addMonths({ year: 2023, month: 3, day: 5 }, 2), { year: 2023, month: 5, day: 5 }));
  it('over the year', () => assert.deepEqual(addMonths({ year: 2023, month: 12, day: 5 }, 1), { year: 2024, month: 1, day: 5 }));
  it('to a shorter month', () => assert.deepEqual(addMonths({ year: 2023, month: 1, day: 31 }, 1), { year: 2023, month: 2, day: 28 }));
  it('backwards', () => assert.deepEqual(addMonths({ year: 2023, month: 1, day: 5 }, -1), { year: 2022, month: 12, day: 5 }));
});
describe('durations', () => {
  it('parses seconds', () => assert.equal(parseDuration('45s'), 45));
  it('parses several units', () => assert.equal(parseDuration('1h30m'), 5400));
  it('parses days', () => assert.equal(parseDuration('2d'), 172800));
  it('refuses nonsense', () => assert.throws(() => parseDuration('soon'), SyntaxError));
  it('formats seconds', () => assert.equal(formatDuration(59), '59s'));
  it('formats an hour', () => assert.equal(formatDuration(3600), '1h'));
  it('formats all', () => assert.equal(formatDuration(90061), '1d 1h 1m 1s'));
  it('formats nothing', () => assert.equal(formatDuration(0), '0s'));
  it('goes round', () => assert.equal(parseDuration(formatDuration(4000)), 4000));
});
describe('cron fields', () => {
  it('one number', () => assert.deepEqual(cronField('5', 0, 59), [5]));
  it('a range', () => assert.deepEqual(cronField('1-3', 0, 59), [1, 2, 3]));
  it('a list', () => assert.deepEqual(cronField('1,7', 0, 59), [1, 7]));
  it('steps', () => assert.deepEqual(cronField('*/20', 0, 59), [0, 20, 40]));
  it('a start with steps', () => assert.deepEqual(cronField('50/5', 0, 59), [50, 55]));
  it('refuses too much', () => assert.throws(() => cronField('60', 0, 59), /out of range/));
});
describe('overlaps', () => {
  it('inside', () => assert.equal(overlaps({ start: 1, end: 9 }, { start: 3, end: 4 }), true));
  it('touching', () => assert.equal(overlaps({ start: 1, end: 3 }, { start: 3, end: 4 }), false));
  it('apart', () => assert.equal(overlaps({ start: 5, end: 6 }, { start: 1, end: 2 }), false));
});
describe('Schedule', () => {
  it('books', () => { const s = new Schedule(); s.book('a', 1, 2); assert.equal(s.entries.length, 1); });
  it('keeps order', () => { const s = new Schedule(); s.book('b', 5, 6); s.book('a', 1, 2); assert.deepEqual(s.entries.map(e => e.name), ['a', 'b']); });
  it('refuses overlap', () => { const s = new Schedule(); s.book('a', 1, 5); assert.throws(() => s.book('b', 4, 6), /taken by a/); });
  it('takes neighbours', () => { const s = new Schedule(); s.book('a', 1, 5); s.book('b', 5, 6); assert.equal(s.entries.length, 2); });
  it('refuses backwards', () => assert.throws(() => new Schedule().book('a', 5, 5), RangeError));
  it('is free at first', () => assert.deepEqual(new Schedule().free(0, 9), [[0, 9]]));
  it('is free between', () => { const s = new Schedule(); s.book('a', 2, 4); s.book('b', 6, 8); assert.deepEqual(s.free(0, 9), [[0, 2], [4, 6], [8, 9]]); });
});
