const { splitLine, parseTable, toNumber, where, sortBy, groupBy, sum, mean, pad, printTable, page } = require('./table.js');

const TEXT = 'name,city,age\nAnn,Bern,41\nBob,Rome,9\nEve,Bern,23\n';
const rows = () => parseTable(TEXT);
const many = (count) => Array.from({ length: count }, (_, at) => ({ id: String(at + 1) }));

describe('lines', () => {
  test('are split', () => {
    expect(splitLine('a,b,c')).toEqual(['a', 'b', 'c']);
  });
  test('keep empty cells', () => {
    expect(splitLine('a,,c,')).toEqual(['a', '', 'c', '']);
  });
  test('keep separators in quotes', () => {
    expect(splitLine('"a,b",c')).toEqual(['a,b', 'c']);
  });
  test('have another separator', () => {
    expect(splitLine('a;b', ';')).toHaveLength(2);
  });
});

describe('tables', () => {
  test('are read', () => {
    expect(rows()[0]).toEqual({ name: 'Ann', city: 'Bern', age: '41' });
  });
  test('have all their rows', () => {
    expect(rows()).toHaveLength(3);
  });
  test('skip empty lines', () => {
    expect(parseTable('a\n\n1\n\n2')).toEqual([{ a: '1' }, { a: '2' }]);
  });
  test('refuse short lines', () => {
    expect(() => parseTable('a,b\n1,2\n3')).toThrow('line 3 has 1 cells');
  });
  test('refuse nothing', () => {
    expect(() => parseTable('')).toThrow('an empty table');
  });
});

describe('numbers', () => {
  test('are read', () => {
    expect(toNumber('12.5')).toBe(12.5);
  });
  test('may be grouped', () => {
    expect(toNumber("1'000")).toBe(1000);
  });
  test('are not words', () => {
    expect(toNumber('x')).toBeNull();
  });
  test('are not nothing', () => {
    expect(toNumber('  ')).toBeNull();
  });
});

describe('choosing', () => {
  test('finds rows', () => {
    expect(where(rows(), 'city', 'Bern').map((row) => row.name)).toEqual(['Ann', 'Eve']);
  });
  test('finds nothing', () => {
    expect(where(rows(), 'city', 'Oslo')).toEqual([]);
  });
  test('sorts words', () => {
    expect(sortBy(rows(), 'city').map((row) => row.city)).toEqual(['Bern', 'Bern', 'Rome']);
  });
  test('sorts numbers as numbers', () => {
    expect(sortBy(rows(), 'age').map((row) => row.age)).toEqual(['9', '23', '41']);
  });
  test('does not change what it sorts', () => {
    const all = rows();
    sortBy(all, 'age');
    expect(all[0].name).toBe('Ann');
  });
  test('groups', () => {
    const groups = groupBy(rows(), 'city');
    expect(Object.keys(groups)).toEqual(['Bern', 'Rome']);
    expect(groups.Bern).toHaveLength(2);
  });
  test('groups what is empty', () => {
    expect(groupBy([{ a: '' }, { a: 'x' }], 'a').none).toEqual([{ a: '' }]);
  });
});

describe('adding up', () => {
  test('sums', () => {
    expect(sum(rows(), 'age')).toBe(73);
  });
  test('sums nothing', () => {
    expect(sum([], 'age')).toBe(0);
  });
  test('sums numbers only', () => {
    expect(sum([{ a: '1' }, { a: 'x' }], 'a')).toBe(1);
  });
  test('has a mean', () => {
    expect(mean(rows(), 'age')).toBeCloseTo(24.33, 2);
  });
  test('has a mean of numbers only', () => {
    expect(mean([{ a: '4' }, { a: 'x' }, { a: '6' }], 'a')).toBe(5);
  });
  test('has no mean of nothing', () => {
    expect(mean([], 'a')).toBeNull();
  });
});

describe('printing', () => {
  test('pads', () => {
    expect(pad('ab', 4)).toBe('ab  ');
  });
  test('pads on the left', () => {
    expect(pad('ab', 4, true)).toBe('  ab');
  });
  test('does not cut', () => {
    expect(pad('abcdef', 4)).toBe('abcdef');
  });
  test('aligns', () => {
    expect(printTable(rows()).split('\n')[3]).toBe('Bob  | Rome |   9');
  });
  test('has a rule', () => {
    expect(printTable(rows()).split('\n')[1]).toBe('-----|------|----');
  });
});

describe('pages', () => {
  test('hold so many rows', () => {
    expect(page(many(25), 1).rows).toHaveLength(10);
  });
  test('begin where the last one ended', () => {
    expect(page(many(25), 2).rows[0].id).toBe('11');
  });
  test('are counted', () => {
    expect(page(many(25), 1).pages).toBe(3);
  });
  test('end', () => {
    const last = page(many(25), 3);
    expect(last.rows).toHaveLength(5);
    expect(last.isLast).toBe(true);
  });
  test('beyond the last are refused', () => {
    expect(() => page(many(25), 4)).toThrow(RangeError);
  });
  test('begin with one', () => {
    expect(() => page(many(5), 0)).toThrow('no page 0');
  });
  test('of nothing', () => {
    expect(page([], 1)).toEqual({ rows: [], pages: 0, isLast: true });
  });
});
