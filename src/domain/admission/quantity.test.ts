import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ceilDivide, formatQuantity, one, parseQuantity, quantityMax } from './quantity.ts';

const values: readonly (readonly [text: string | number, billionths: bigint])[] = [
  ['0', 0n],
  ['.', 0n],
  ['-', 0n],
  ['M', 0n],
  ['1', one],
  ['1.', one],
  ['.5', one / 2n],
  ['1.5', (one * 3n) / 2n],
  ['+1', one],
  ['-1', -one],
  ['100m', one / 10n],
  ['1n', 1n],
  ['5u', 5000n],
  ['1k', 1000n * one],
  ['1E', 10n ** 18n * one],
  ['1Ei', 2n ** 60n * one],
  ['1.5Gi', 1536n * 2n ** 20n * one],
  ['129M', 129_000_000n * one],
  ['1e3', 1000n * one],
  ['1E3', 1000n * one],
  ['1e+3', 1000n * one],
  ['1E-2', one / 100n],
  ['0.0001', one / 10_000n],
  [2, 2n * one],
  [0.1, one / 10n],
  ['0.1n', 1n], // finer than a billionth: away from 0
  ['-0.1n', -1n],
  ['1e-400', 1n],
  ['0e99999999999999999999', 0n],
  ['1e99999999999999999999', quantityMax],
  ['-1e99999999999999999999', -quantityMax],
  ['8Ei', quantityMax],
];

for (const [text, billionths] of values) {
  test(`${JSON.stringify(text)} is ${billionths} billionths`, () => assert.equal(parseQuantity(text), billionths));
}

const wrong = [
  ...['', '1K', '1KI', '1ki', '1 ', ' 1', '1 k', '1e', '1e1.5', '1mm', '1im', '1i', '0x10', '1,5', '--1'],
  ...['١', 'NaN', 'Infinity', '1_000', '1'.repeat(257), null, undefined, true, {}, [], Number.NaN, 1n],
];

for (const text of wrong) {
  const name = typeof text === 'bigint' ? '1n' : JSON.stringify(text)?.slice(0, 20);
  test(`${name} is no quantity`, () => {
    if (typeof text === 'bigint')
      return assert.throws(() => parseQuantity({ text: String(text) }), { code: 'E_ARGUMENT' });
    assert.throws(() => parseQuantity(text), { code: 'E_ARGUMENT' });
  });
}

test('what is formatted reads back as the same quantity, and is short', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -quantityMax, max: quantityMax }), (quantity) => {
      assert.equal(parseQuantity(formatQuantity(quantity)), quantity);
    }),
  );
  for (const [quantity, text] of [
    [0n, '0'],
    [6n * one, '6'],
    [one / 10n, '100m'],
    [2n ** 33n * one, '8Gi'],
    [129_000_000n * one, '129000000'],
    [1500n, '1500n'],
    [-2000n, '-2u'],
  ] as const) {
    assert.equal(formatQuantity(quantity), text);
  }
});

test('thirty tenths of a core are three cores', () => {
  const sum = Array.from({ length: 30 }, () => parseQuantity('0.1')).reduce((total, tenth) => total + tenth, 0n);
  assert.equal(ceilDivide(sum, one), 3n);
});

test('a division rounds up, on both sides of 0', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.bigInt({ min: 1n, max: 10n ** 20n }), (a, b) => {
      const quotient = ceilDivide(a, b);
      assert.ok(quotient * b >= a && (quotient - 1n) * b < a);
    }),
  );
});

test('any text is a quantity or a coded error', () => {
  const soup = fc.string({ unit: fc.constantFrom(...'0123456789.+-eEkKMGTPinum') });
  fc.assert(
    fc.property(soup, (text) => {
      try {
        const quantity = parseQuantity(text);
        assert.ok(quantity <= quantityMax && quantity >= -quantityMax);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'E_ARGUMENT');
      }
    }),
  );
});
