import { createHmac } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { EmailOptions, SyslogOptions, WebhookOptions } from '../../src/core/alerts/alert-options.ts'
import type { Channel, Notice } from '../../src/core/alerts/channels/channel.ts'
import { createCommand } from '../../src/core/alerts/channels/command.ts'
import { openChannel } from '../../src/core/alerts/channels/open-channel.ts'
import { composeSyslogLine } from '../../src/core/alerts/channels/syslog-line.ts'
import { planRetry } from '../../src/core/alerts/retry.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { ALERT_KINDS, type Alert } from '../../src/core/protocol/alerts.ts'
import { makeCertificate } from '../cli/make-certificate.ts'
import { findClosedPort, receiveHttp, receiveMail, receiveTcp, receiveUdp } from './receivers.ts'
import { at, MINUTE, NOW } from './sample-rows.ts'

const directory = mkdtempSync(join(tmpdir(), 'channels-'))
afterAll(() => rmSync(directory, { recursive: true }))

const alert: Alert = {
  alert_id: '5b2f7d4e-0000-4000-8000-000000000001',
  site_id: 'default',
  kind: 'device_error',
  severity: 'critical',
  agent_id: 'site-a',
  device_id: 'd1',
  subject: 'tray "2" \\ [A4]',
  message: 'HP LaserJet (10.0.0.9) has an error: tray "2"',
  opened_at: at(NOW),
  closed_at: null,
  acknowledged_at: null,
  acknowledged_by: null,
  details: { code: 'jam' },
}
const notice: Notice = { delivery_id: `${alert.alert_id}:opened`, event: 'opened', sent_at: at(NOW), alert }
const common = { name: 'desk', kinds: ALERT_KINDS, severity: 'warning' } as const
const never = new AbortController().signal
const send = (channel: Channel, signal = never) => channel.send(notice, signal)

describe('webhook', () => {
  const hook = (port: number, more: Partial<WebhookOptions> = {}) =>
    openChannel({
      ...common,
      type: 'webhook',
      url: new Secret(`http://127.0.0.1:${port}/hooks/very-secret?x=1`),
      secret: new Secret('a-key-that-both-sides-know'),
      ca: null,
      ...more,
    })

  test('JSON with a signature that the receiver can check, and a key for what comes twice', async () => {
    const { port, received } = await receiveHttp()
    expect(await send(hook(port))).toBe('HTTP 204')
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = received
    expect(path).toBe('/hooks/very-secret?x=1')
    expect(JSON.parse(body)).toEqual({ delivery_id: notice.delivery_id, event: 'opened', sent_at: at(NOW), alert })
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': notice.delivery_id })
    const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-printmaster-signature'])) ?? []
    expect(time).toBe(String(NOW / 1000))
    expect(mac).toBe(createHmac('sha256', 'a-key-that-both-sides-know').update(`${time}.${body}`).digest('hex'))
  })

  test('without a key there is no signature', async () => {
    const { port, received } = await receiveHttp()
    await send(hook(port, { secret: null }))
    expect(received[0]?.headers['x-printmaster-signature']).toBeUndefined()
  })

  test('redirects are not followed, refusals say their status, and nothing tells the URL', async () => {
    for (const [status, message] of [
      [302, 'it answers 302; redirects are not followed'],
      [500, 'it answers 500'],
    ] as const) {
      const { port, received } = await receiveHttp(() => status)
      await expect(send(hook(port))).rejects.toThrow(new Error(message))
      expect(received).toHaveLength(1)
    }
    await expect(send(hook(await findClosedPort()))).rejects.toThrow(new Error('nothing listens there'))
  })

  test('one that never answers is left when the server stops', async () => {
    const { port, waitFor } = await receiveHttp(() => null)
    const stop = new AbortController()
    const sending = send(hook(port), stop.signal)
    await waitFor(1)
    stop.abort()
    await expect(sending).rejects.toThrow('the server stops')
  })
})

describe('command', () => {
  const script = (name: string, text: string) => {
    const path = join(directory, name)
    writeFileSync(path, `#!/bin/sh\n${text}\n`)
    chmodSync(path, 0o755)
    return path
  }
  const run = (command: string, args: string[] = [], timeout_ms?: number) =>
    createCommand({ ...common, type: 'command', command, arguments: args }, timeout_ms)

  test('gets the JSON on its stdin and its arguments as they are, and nothing of our environment', async () => {
    const out = join(directory, 'out')
    process.env.PRINTMASTER_TEST_SECRET = 'not for others'
    const path = script('tell', `{ cat; printf '%s\\n' "$@"; env; } > ${out}`)
    expect(await send(run(path, ['$(touch /nowhere)', '; exit 1']))).toBe('exit code 0')
    delete process.env.PRINTMASTER_TEST_SECRET
    const [json, ...lines] = readFileSync(out, 'utf8').split('\n')
    expect(JSON.parse(json as string)).toMatchObject({ event: 'opened', alert: { alert_id: alert.alert_id } })
    expect(lines.slice(0, 2)).toEqual(['$(touch /nowhere)', '; exit 1'])
    expect(lines.join('\n')).not.toContain('PRINTMASTER_TEST_SECRET')
  })

  test('a bad end, no end and no program are said', async () => {
    await expect(send(run(script('fails', 'exit 3')))).rejects.toThrow(new Error('exit code 3'))
    await expect(send(run(script('hangs', 'exec sleep 60'), [], 50))).rejects.toThrow('it did not end within 0.05 s')
    await expect(send(run(join(directory, 'none')))).rejects.toThrow(new Error('there is no such program'))
    writeFileSync(join(directory, 'plain'), 'text', { mode: 0o644 })
    await expect(send(run(join(directory, 'plain')))).rejects.toThrow('it is not executable')
  })

  test('one that reads nothing has its receipt all the same', async () => {
    const large = { ...notice, alert: { ...alert, details: { text: 'x'.repeat(1_000_000) } } }
    expect(await run(script('deaf', 'exit 0')).send(large, never)).toBe('exit code 0')
  })
})

describe('syslog', () => {
  const syslog = (port: number, protocol: SyslogOptions['protocol']) =>
    openChannel({ ...common, type: 'syslog', host: '127.0.0.1', port, protocol, facility: 'local3', ca: null })

  test('is a line of RFC 5424, its data escaped', () => {
    const line = composeSyslogLine(notice, 'local3', 'printers example')
    expect(line).toBe(
      '<154>1 2026-01-15T12:00:00.000Z printersexample printmaster - device_error [printmaster@32473 event="opened"' +
        ' kind="device_error" severity="critical" alert_id="5b2f7d4e-0000-4000-8000-000000000001"' +
        ' delivery_id="5b2f7d4e-0000-4000-8000-000000000001:opened" agent_id="site-a" device_id="d1"' +
        ' subject="tray \\"2\\" \\\\ [A4\\]" opened_at="2026-01-15T12:00:00.000Z"]' +
        ' HP LaserJet (10.0.0.9) has an error: tray "2"',
    )
    const closed = composeSyslogLine({ ...notice, event: 'closed' }, 'local3', 'h')
    expect(closed).toMatch(/^<157>1 .*\] over: HP LaserJet/)
    const foreign = { ...notice, alert: { ...alert, message: 'Büro\n<13>1 forged' } }
    expect(composeSyslogLine(foreign, 'local3', 'h')).toMatch(/\] \ufeffBüro <13>1 forged$/)
  })

  test('goes by UDP in a datagram of its own, and by TCP with its length before it', async () => {
    const udp = await receiveUdp()
    await send(syslog(udp.port, 'udp'))
    const [datagram] = await udp.waitFor(1)
    expect(datagram).toMatch(/^<154>1 /)
    const tcp = await receiveTcp()
    await send(syslog(tcp.port, 'tcp'))
    const [stream] = await tcp.waitFor(1)
    const [, length, line] = /^(\d+) (.*)$/s.exec(stream as string) ?? []
    expect(Number(length)).toBe(Buffer.byteLength(line as string))
    expect(line).toMatch(/^<154>1 /)
  })

  test('goes over TLS to whom its authority vouches for, and to nobody else', async () => {
    const { certificate: ca, key, pem: cert } = makeCertificate(directory, 'syslog')
    const { port, waitFor, received } = await receiveTcp({ cert, key: readFileSync(key, 'utf8') })
    const over = { ...common, type: 'syslog', protocol: 'tls', facility: 'local3', port } as const
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await send(openChannel({ ...over, host, ca }))).toMatch(/^sent \d+ bytes by TLS$/)
    }
    const lines = await waitFor(2)
    expect(lines).toEqual([expect.stringMatching(/^\d+ <154>1 /), expect.stringMatching(/^\d+ <154>1 /)])
    const failure = send(openChannel({ ...over, host: 'localhost', ca: null }))
    await expect(failure).rejects.toThrow('signed by itself; name its authority with its key ca')
    const other = makeCertificate(directory, 'other').certificate
    await expect(send(openChannel({ ...over, host: 'localhost', ca: other }))).rejects.toThrow(/certificate|authority/)
    expect(received).toHaveLength(2)
  })

  test('a receiver that is not there is said', async () => {
    await expect(send(syslog(await findClosedPort(), 'tcp'))).rejects.toThrow('nothing listens there')
  })
})

describe('email', () => {
  const email = (port: number, more: Partial<EmailOptions> = {}) =>
    openChannel({
      ...common,
      type: 'email',
      host: '127.0.0.1',
      port,
      from: 'printmaster@example.org',
      to: ['desk@example.org', 'night@example.org'],
      login: null,
      tls: 'none',
      ca: null,
      ...more,
    })

  test('is a mail in plain text to everybody, with an id that stays', async () => {
    const { port, received } = await receiveMail()
    expect(await send(email(port))).toBe('250 2.0.0 queued as 42')
    const [mail] = received
    expect(mail).toMatchObject({ from: 'printmaster@example.org', to: ['desk@example.org', 'night@example.org'] })
    const [, subject = ''] = /^Subject: (.*(?:\n .*)*)$/m.exec(mail?.data ?? '') ?? []
    expect(decodeWords(subject)).toBe(`[PrintMaster] ${alert.message}`)
    expect(mail?.data).toMatch(/^Message-ID: <5b2f7d4e-0000-4000-8000-000000000001\.opened@/m)
    expect(mail?.data).toContain('Auto-Submitted: auto-generated')
  })

  test.each([
    ['starttls', false],
    ['implicit', true],
  ] as const)(
    '%s: nothing goes before it is encrypted, and only where its authority vouches for it',
    async (tls, isImplicit) => {
      const { certificate: ca, key, pem: cert } = makeCertificate(directory, `mail-${tls}`)
      const { port, received } = await receiveMail(undefined, { cert, key: readFileSync(key, 'utf8'), isImplicit })
      const login = { user: 'printmaster', password: new Secret('very-secret') }
      expect(await send(email(port, { host: 'localhost', tls, ca, login }))).toBe('250 2.0.0 queued as 42')
      expect(received).toMatchObject([{ isEncrypted: true, login: '/printmaster/very-secret' }])
      await expect(send(email(port, { host: 'localhost', tls, login }))).rejects.toThrow(
        'signed by itself; name its authority with its key ca',
      )
      expect(received).toHaveLength(1)
    },
  )

  test('what the mail server says to it is told; without encryption it does not speak on', async () => {
    const { port, received } = await receiveMail(() => true)
    await expect(send(email(port))).rejects.toThrow('the mail server answers 451 4.3.0 come back later')
    const login = { user: 'printmaster', password: new Secret('very-secret') }
    const failure = await send(email(port, { tls: 'starttls', login })).then(
      () => 'sent',
      (error: Error) => error.message,
    )
    expect(failure).toBe('the mail server does not encrypt; set tls to what it does')
    expect(received).toEqual([])
    await expect(send(email(await findClosedPort()))).rejects.toThrow('nothing listens there')
  })
})

/** RFC 2047, the Q encoding. */
const decodeWords = (text: string) =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/g, '$1')
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

test('retries: one minute, doubling to an hour, for a day', () => {
  const waits: number[] = []
  let now = NOW
  for (let tries = 0; ; tries += 1) {
    const next = planRetry({ tries, event: 'opened', alert }, now)
    if (next === null) break
    waits.push((next - now) / MINUTE)
    now = next
  }
  expect(waits.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  expect((now - NOW) / MINUTE).toBeGreaterThan(23 * 60)
  expect((now - NOW) / MINUTE).toBeLessThanOrEqual(24 * 60)
})
