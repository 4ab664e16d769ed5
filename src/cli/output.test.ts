import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPeerPodError } from '#base/errors.ts';
import { type Listing, renderFields, shown } from './output.ts';

const listing: Listing<{ name: string; size?: number }> = {
  columns: [
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'SIZE', isWide: true, cell: ({ size }) => size },
  ],
  rows: [{ name: 'shop/a', size: 0 }, { name: 'shop/b' }],
  nameOf: ({ name }) => name,
  none: 'Nothing.',
};

test('a list is a table, a wide table, JSON, or names', () => {
  const list = shown(listing);
  assert.equal(list.render('table'), 'NAME\nshop/a\nshop/b\n');
  assert.equal(list.render('wide'), 'NAME    SIZE\nshop/a  0\nshop/b  -\n');
  assert.deepEqual(JSON.parse(list.render('json')), listing.rows);
  assert.equal(list.render('name'), 'shop/a\nshop/b\n');
});

test('an empty list says so to people, and is an empty list to programs', () => {
  const empty = shown({ ...listing, rows: [] });
  assert.equal(empty.render('table'), 'Nothing.\n');
  assert.equal(empty.render('json'), '[]\n');
  assert.equal(empty.render('name'), '');
});

test('one that was asked for by name is the object itself, also by the part behind the slash', () => {
  for (const word of ['shop/b', 'b'])
    assert.deepEqual(JSON.parse(shown(listing).only(word).render('json')), { name: 'shop/b' });
  assert.throws(
    () => shown(listing).only('c'),
    (error) => isPeerPodError(error, 'E_SANDBOX_UNKNOWN'),
  );
});

test('fields without a value are left out, the others stand below each other', () => {
  assert.equal(
    renderFields(
      [
        ['A', 1],
        ['Long', 'x'],
        ['Gone', undefined],
        ['Empty', ''],
      ],
      ' ',
    ),
    ' A:     1\n Long:  x\n',
  );
});
