import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from '../../src/core/model/secret.ts'

test('only reveal gives the text', () => {
  const secret = new Secret('hunter2')
  expect(secret.reveal()).toBe('hunter2')
  const ways = [
    `${secret}`,
    String(secret),
    `a${secret as unknown as string}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: null }),
    inspect({ ...secret }),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(structuredClone({ ...secret })),
  ]
  expect(ways.filter((way) => way.includes('hunter2'))).toEqual([])
  expect(ways.slice(0, 2)).toEqual(['[secret]', '[secret]'])
})
