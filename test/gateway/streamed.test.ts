import { expect, test } from 'vitest';
import { streamed } from '../../src/gateway/http.ts';

async function* three(): AsyncGenerator<Uint8Array> {
  for (const byte of [1, 2, 3]) yield Uint8Array.of(byte);
}

/** What a body told, and how often its end was told. */
function body(content: AsyncIterable<Uint8Array>) {
  const told = { ends: 0 };
  return { told, reader: streamed(content, () => (told.ends += 1)).getReader() };
}

test('the end is told once all bytes were taken, and not before', async () => {
  const { told, reader } = body(three());
  for (const byte of [1, 2, 3]) {
    expect([(await reader.read()).value?.[0], told.ends]).toEqual([byte, 0]);
  }
  expect([(await reader.read()).done, told.ends]).toEqual([true, 1]);
});

test('it is told when whoever takes them goes, even before the first', async () => {
  const [begun, unbegun] = [body(three()), body(three())];
  await begun.reader.read();
  for (const { reader, told } of [begun, unbegun]) {
    await reader.cancel();
    expect(told.ends).toBe(1);
  }
});

test('it is told when they break off', async () => {
  const { told, reader } = body(
    (async function* () {
      yield Uint8Array.of(1);
      throw new Error('the disk failed');
    })(),
  );
  await reader.read();
  await expect(reader.read()).rejects.toThrow('the disk failed');
  expect(told.ends).toBe(1);
});
