// Tables of text: read, chosen from, added up, printed. Changed by make.py, one line at a time.
'use strict';

function splitLine(line, separator = ',') {
  const cells = [];
  let cell = '';
  let quoted = false;
  for (const it of line) {
    if (it === '"') {
      quoted = !quoted;
    } else if (it === separator && !quoted) {
      cells.push(cell);
      cell = '';
    } else {
      cell += it;
    }
  }
  cells.push(cell);
  return cells;
}

function parseTable(text) {
  const lines = text.split('\n').filter((line) => line.length > 0);
  if (lines.length === 0) {
    throw new Error('an empty table');
  }
  const names = splitLine(lines[0]);
  return lines.slice(1).map((line, at) => {
    const cells = splitLine(line);
    if (cells.length !== names.length) {
      throw new RangeError(`line ${at + 2} has ${cells.length} cells`);
    }
    return Object.fromEntries(names.map((name, column) => [name, cells[column]]));
  });
}

function toNumber(text) {
  const plain = text.replace(/'/g, '').trim();
  if (plain === '' || Number.isNaN(Number(plain))) {
    return null;
  }
  return Number(plain);
}

function where(rows, name, value) {
  return rows.filter((row) => row[name] === value);
}

function sortBy(rows, name) {
  const compare = (a, b) => {
    const [x, y] = [toNumber(a[name]), toNumber(b[name])];
    if (x !== null && y !== null) {
      return x - y;
    }
    return a[name] < b[name] ? -1 : a[name] > b[name] ? 1 : 0;
  };
  return [...rows].sort(compare);
}

function groupBy(rows, name) {
  const groups = {};
  for (const row of rows) {
    const key = row[name] || 'none';
    groups[key] = groups[key] || [];
    groups[key].push(row);
  }
  return groups;
}

function sum(rows, name) {
  return rows.reduce((all, row) => all + (toNumber(row[name]) ?? 0), 0);
}

function mean(rows, name) {
  const numbers = rows.map((row) => toNumber(row[name])).filter((it) => it !== null);
  if (numbers.length === 0) {
    return null;
  }
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

function pad(text, width, right = false) {
  const missing = Math.max(0, width - text.length);
  const space = ' '.repeat(missing);
  return right ? space + text : text + space;
}

function printTable(rows) {
  const names = Object.keys(rows[0]);
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => row[name].length)));
  const line = (cells) => cells.map((cell, at) => pad(cell, widths[at], toNumber(cell) !== null)).join(' | ');
  const rule = widths.map((width) => '-'.repeat(width)).join('-|-');
  return [line(names), rule, ...rows.map((row) => line(names.map((name) => row[name])))].join('\n');
}

function page(rows, number, size = 10) {
  const pages = Math.ceil(rows.length / size);
  if (number < 1 || number > Math.max(pages, 1)) {
    throw new RangeError(`no page ${number}`);
  }
  const start = (number - 1) * size;
  return { rows: rows.slice(start, start + size), pages, isLast: number >= pages };
}

module.exports = { splitLine, parseTable, toNumber, where, sortBy, groupBy, sum, mean, pad, printTable, page };
