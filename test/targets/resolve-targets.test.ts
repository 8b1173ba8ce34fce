import { expect, test } from 'vitest'
import { expandTargets } from '../../src/core/targets/expand-targets.ts'
import { isHostName } from '../../src/core/targets/host-name.ts'
import { resolveTargets } from '../../src/core/targets/resolve-targets.ts'

/** A name service that knows what is in the table, and remembers what it was asked. */
function serveNames(table: Record<string, string>) {
  const asked: string[] = []
  const lookup = async (name: string) => {
    asked.push(name)
    const address = table[name]
    if (address === undefined) throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
    return { address }
  }
  return { asked, lookup }
}

test('names become addresses, in order, each asked once', async () => {
  const { asked, lookup } = serveNames({ 'a.example': '10.0.0.9', b: 'fe80::1%lo' })
  const targets = await resolveTargets(['a.example', '10.0.0.1', { text: 'b', where: 'list:2' }, 'a.example'], {
    lookup,
  })
  expect(targets.map(({ text }) => text)).toEqual(['a.example', '10.0.0.1', 'b', 'a.example'])
  expect([...expandTargets({ targets })]).toEqual(['10.0.0.9', '10.0.0.1', 'fe80::1%lo'])
  expect(asked).toEqual(['a.example', 'b'])
})

test('the first unknown name in order is reported, with its place', async () => {
  const { lookup } = serveNames({ known: '10.0.0.1' })
  const result = resolveTargets(['known', { text: 'gone.example', where: 'list:4' }, 'lost.example'], { lookup })
  await expect(result).rejects.toMatchObject({
    code: 'host_unknown',
    message: expect.stringMatching(/^list:4: .*'gone\.example'/),
  })
})

test('a name service that does not answer is told apart from an unknown name', async () => {
  const lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' }))
  await expect(resolveTargets(['a.example'], { lookup })).rejects.toThrow('does not answer')
})

test.each([
  '10.0.0',
  '10.0.0.256',
  '1.2.3.4/33',
  '10.0.0.20-10',
  '10.0.0.x-',
  '0x7f000001',
  '10.1',
  '10.0.0.0x1',
  '10.0.x',
  '10-20',
])('%s is never looked up', async (text) => {
  const { asked, lookup } = serveNames({ first: '10.0.0.1', [text]: '10.0.0.2' })
  await expect(resolveTargets(['first', text], { lookup })).rejects.toMatchObject({ code: 'bad_target' })
  expect(asked).toEqual([])
})

test('the system knows localhost', async () => {
  const [range] = await resolveTargets(['localhost'])
  expect(['127.0.0.1', '::1']).toContain([...expandTargets({ targets: range === undefined ? [] : [range] })][0])
})

test.each([
  ['printer', true],
  ['hp-4250.lan', true],
  ['1.0.168.192.in-addr.arpa', true],
  ['3com', true],
  ['x', true],
  ['lan.', true],
  [`${'a'.repeat(63)}.b`, true],
  [`${'a'.repeat(64)}.b`, false],
  [`${'a.'.repeat(127)}b`, false],
  ['-a', false],
  ['a-', false],
  ['a..b', false],
  ['a b', false],
  ['büro', false],
  ['', false],
])('host name %s: %s', (text, yes) => {
  expect(isHostName(text)).toBe(yes)
})
