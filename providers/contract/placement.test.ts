import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProviderError } from './errors.ts';
import { type Offering, offeringsOf, placeFirst, UnavailableOfferings } from './placement.ts';
import { VirtualClock } from './virtual-clock.ts';

const { signal } = new AbortController();
const offerings = offeringsOf({
  instanceTypes: ['small', 'big'],
  zones: ['a', 'b'],
  capacityTypes: ['spot', 'on-demand'],
});
const named = ({ capacityType, instanceType, zone }: Offering) => `${capacityType} ${instanceType} ${zone}`;

function open() {
  const clock = new VirtualClock();
  const unavailable = new UnavailableOfferings(clock);
  const tried: string[] = [];
  const place = (full: (offering: Offering) => ProviderError | undefined) =>
    placeFirst(offerings, { unavailable, signal }, async (offering) => {
      tried.push(named(offering));
      const error = full(offering);
      if (error) throw error;
      return named(offering);
    });
  return { clock, unavailable, tried, place };
}
const noCapacity = () => new ProviderError('no-capacity', 'none');

describe('placement', () => {
  it('walks types, then zones, spot before on-demand', () => {
    assert.deepEqual(offerings.map(named), [
      'spot small a',
      'spot small b',
      'spot big a',
      'spot big b',
      'on-demand small a',
      'on-demand small b',
      'on-demand big a',
      'on-demand big b',
    ]);
  });

  it('takes the next place when one is full, and remembers that for three minutes', async () => {
    const { clock, tried, place } = open();
    const full = ({ instanceType, zone }: Offering) =>
      instanceType === 'small' && zone === 'a' ? noCapacity() : undefined;
    assert.equal(await place(full), 'spot small b');
    assert.equal(await place(full), 'spot small b');
    assert.deepEqual(tried, ['spot small a', 'spot small b', 'spot small b']);
    await clock.advance(180_000);
    assert.equal(await place(() => undefined), 'spot small a');
  });

  it('a lack that speaks for a zone, a type or spot passes over all of it, within one walk as well', async () => {
    for (const [scope, expected] of [
      ['zone', ['spot small a', 'spot small b', 'spot big b', 'on-demand small b', 'on-demand big b']],
      ['instance-type', ['spot small a', 'spot big a', 'on-demand small a', 'on-demand big a']],
      ['capacity-type', ['spot small a', 'on-demand small a']],
    ] as const) {
      const { tried, place } = open();
      await assert.rejects(
        place(() => new ProviderError('no-capacity', 'none', { scope })),
        { code: 'no-capacity' },
      );
      assert.deepEqual(
        tried,
        expected.filter((one) => tried.includes(one)),
        scope,
      );
      assert.ok(tried.length < offerings.length, scope);
    }
  });

  it('when everything is known to be full, asks once, for what comes back first', async () => {
    const { clock, tried, place } = open();
    await assert.rejects(place(noCapacity), { code: 'no-capacity' });
    assert.equal(tried.length, 8);
    await clock.advance(1000);
    tried.length = 0;
    await assert.rejects(place(noCapacity), { code: 'no-capacity' });
    assert.equal(tried.length, 1);
  });

  it('says quota only when every place said so, and names each try', async () => {
    const { place } = open();
    await assert.rejects(
      place(() => new ProviderError('quota', 'limit')),
      (error: ProviderError) => error.code === 'quota' && error.message.includes('big b on-demand: limit'),
    );
  });

  it('ends at once when something was made, or when another place cannot help', async () => {
    for (const error of [
      new ProviderError('no-capacity', 'late', { podVmId: 'vm' }),
      new ProviderError('auth', 'no'),
      new ProviderError('transient', 'down'),
    ]) {
      const { tried, place } = open();
      await assert.rejects(
        place(() => error),
        error,
      );
      assert.equal(tried.length, 1);
    }
  });
});
