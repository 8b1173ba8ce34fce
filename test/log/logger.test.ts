import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger, type LogOptions } from '../../src/core/log/logger.ts'
import { Secret } from '../../src/core/model/secret.ts'

const TOKEN = `pm_admin_${'Aa0_-'.repeat(8)}xyz`

function logTo(options: Partial<LogOptions> = {}, isTTY = false) {
  const lines: string[] = []
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    }),
    { isTTY },
  )
  return { log: createLogger({ level: 'info', format: null, color: false, ...options }, stream), lines }
}

test('one JSON object a line: time in UTC, level as a word, the fields, the message', () => {
  const { log, lines } = logTo()
  log.info({ url: 'http://127.0.0.1:9090', agents: 3 }, 'listening')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^\{.*\}\n$/)
  const { time, ...rest } = JSON.parse(lines[0] as string)
  expect(rest).toEqual({ level: 'info', url: 'http://127.0.0.1:9090', agents: 3, msg: 'listening' })
  expect(time).toBe(new Date(time).toISOString())
})

test('the level decides what is written, and may change while it runs', () => {
  const { log, lines } = logTo({ level: 'warn' })
  log.info('no')
  log.warn('yes')
  log.level = 'debug'
  log.debug('now')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['yes', 'now'])
})

test.each(['json', 'text'] as const)('as %s nothing secret gets through: by key, in texts, in errors', (format) => {
  const { log, lines } = logTo({ format })
  log.info(
    {
      authorization: `Bearer ${TOKEN}`,
      headers: { Authorization: 'hunter2', 'set-cookie': 'hunter2', accept: 'json' },
      token: 'hunter2',
      agent_token: 'hunter2',
      list: [{ auth_key: 'hunter2' }],
      registration_key: 'hunter2',
      kept: new Secret('hunter2'),
      token_id: 'tok-1',
    },
    `sent ${TOKEN} as Authorization: Bearer abcdefgh12345678`,
  )
  log.error({ err: Object.assign(new Error(`refused ${TOKEN}`), { request: { token: 'hunter2' } }) }, 'failed')
  const all = lines.join('')
  expect(all).not.toContain('hunter2')
  expect(all).not.toContain('Aa0_-')
  expect(all).not.toContain('abcdefgh12345678')
  for (const kept of ['tok-1', 'pm_admin_[secret]', 'Bearer [secret]', 'refused']) expect(all).toContain(kept)
})

test.each(['json', 'text'] as const)('as %s a text of a stranger cannot break a line or move the cursor', (format) => {
  const { log, lines } = logTo({ format })
  log.info({ name: 'a\u001b[2Jb\nc\u009b1md\u202ee\u2028f' }, 'said \u001b]0;x\u0007 and\r\nmore')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^[^\p{Cc}\p{Cf}\u2028]+\n$/u)
})

test('text for people: on a terminal unless told otherwise, colour only when wanted', () => {
  const { log, lines } = logTo({}, true)
  log.info({ url: 'http://[::1]:1', note: 'two words', n: { a: 1 } }, 'listening')
  expect(lines[0]).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info {2}listening url=http:\/\/\[::1\]:1 note="two words" n=\{"a":1\}\n$/,
  )
  log.error({ err: new Error('broken') }, 'failed')
  expect(lines[1]).toMatch(/ error failed\n {4}Error: broken\n {4}at /)

  const colored = logTo({ color: true }, true)
  colored.log.warn('careful')
  expect(colored.lines[0]).toMatch(/\u001b\[33mwarn/)

  const forced = logTo({ format: 'json' }, true)
  forced.log.info('x')
  expect(JSON.parse(forced.lines[0] as string).msg).toBe('x')
})
