// Calendar arithmetic, durations, cron fields and schedules.

export function isLeap(year) {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function daysIn(year, month) {
  if (month < 1 || month > 12) throw new RangeError('no month ' + month);
  return month === 2 && isLeap(year) ? 29 : DAYS[month - 1];
}

export function addMonths(date, count) {
  const total = date.year * 12 + date.month - 1 + count;
  const year = Math.floor(total / 12);
  const month = total % 12 + 1;
  return { year, month, day: Math.min(date.day, daysIn(year, month)) };
}

export function parseDuration(text) {
  const units = { s: 1, m: 60, h: 3600, d: 86400 };
  let total = 0;
  for (const part of text.match(/\d+[smhd]/g) || []) {
    total += parseInt(part) * units[part.slice(-1)];
  }
  if (total === 0) throw new SyntaxError('not a duration: ' + text);
  return total;
}

export function formatDuration(seconds) {
  const out = [];
  for (const [name, size] of [['d', 86400], ['h', 3600], ['m', 60], ['s', 1]]) {
    const count = Math.floor(seconds / size);
    if (count > 0) out.push(count + name);
    seconds -= count * size;
  }
  return out.join(' ') || '0s';
}

export function cronField(text, least, most) {
  const out = [];
  for (const part of text.split(',')) {
    const [range, step] = part.split('/');
    let [from, to] = range === '*' ? [least, most] : range.split('-').map(Number);
    if (to === undefined) to = step ? most : from;
    if (from < least || to > most) throw new RangeError('out of range: ' + part);
    for (let i = from; i <= to; i += Number(step || 1)) out.push(i);
  }
  return out;
}

export function overlaps(a, b) {
  return a.start < b.end && b.start < a.end;
}

export class Schedule {
  constructor() { this.entries = []; }
  book(name, start, end) {
    if (end <= start) throw new RangeError('ends before it starts');
    const other = this.entries.find(it => overlaps(it, { start, end }));
    if (other) throw new Error('taken by ' + other.name);
    this.entries.push({ name, start, end });
    this.entries.sort((a, b) => a.start - b.start);
  }
  free(from, to) {
    const out = [];
    for (const it of this.entries) {
      if (it.start > from) out.push([from, it.start]);
      from = Math.max(from, it.end);
    }
    if (from < to) out.push([from, to]);
    return out;
  }
}
