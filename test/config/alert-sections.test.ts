import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { ALERT_KINDS } from '../../src/core/protocol/alerts.ts'

const directory = mkdtempSync(join(tmpdir(), 'alert-sections-'))
afterAll(() => rmSync(directory, { recursive: true }))
const KEY = 'a-key-of-32-characters-or-more-0'

function write(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const load = (text: string, options: Parameters<typeof loadConfig>[0] = {}) =>
  loadConfig({ path: write('config.ini', text), env: {}, ...options })

async function problemsOf(text: string): Promise<string[]> {
  const error = await load(text).then(
    () => null,
    (reason) => reason,
  )
  expect(error).toMatchObject({ code: 'bad_config', isUsage: true })
  return error.message.replaceAll(`${directory}/`, '').split('\n')
}

test('the defaults: everything is judged, nobody is told', async () => {
  expect((await load('')).alerts).toEqual({
    enabled: true,
    kinds: ALERT_KINDS,
    low_percent: 10,
    agent_offline_after_seconds: 60,
    device_offline_after_seconds: 300,
    error_after_seconds: 120,
    quiet_minutes: 15,
    channels: [],
  })
})

test('a channel of each type, secrets from files and from the environment', async () => {
  write('hook.url', 'https://hooks.example/T0/secret-path\n')
  const config = await load(
    `
    [alerts]
    kinds = agent_offline, supply_empty
    low_percent = 20
    quiet_minutes = 0
    [alerts.chat]
    type = webhook
    url_file = hook.url
    severity = critical
    [alerts.pager]
    type = command
    command = bin/page
    arguments = --room, 4
    kinds = agent_offline
    [alerts.log]
    type = syslog
    host = 2001:db8::7
    protocol = tls
    facility = local3
    [alerts.desk]
    type = email
    host = mail.example
    from = printmaster@example.org
    to = desk@example.org, night@example.org
    user = printmaster
    `,
    { env: { PRINTMASTER_ALERTS_DESK_PASSWORD: 'pw', PRINTMASTER_ALERTS_CHAT_SECRET: KEY } },
  )
  expect(config.alerts).toMatchObject({ kinds: ['agent_offline', 'supply_empty'], low_percent: 20, quiet_minutes: 0 })
  const [chat, pager, log, desk] = config.alerts.channels
  expect(chat).toMatchObject({ name: 'chat', type: 'webhook', severity: 'critical', kinds: ALERT_KINDS, ca: null })
  expect(chat?.type === 'webhook' && [chat.url.reveal(), chat.secret?.reveal()]).toEqual([
    'https://hooks.example/T0/secret-path',
    KEY,
  ])
  expect(pager).toEqual({
    name: 'pager',
    type: 'command',
    kinds: ['agent_offline'],
    severity: 'warning',
    command: join(directory, 'bin/page'),
    arguments: ['--room', '4'],
  })
  expect(log).toMatchObject({ type: 'syslog', host: '2001:db8::7', port: 6514, protocol: 'tls', facility: 'local3' })
  expect(desk).toMatchObject({
    type: 'email',
    port: 587,
    tls: 'starttls',
    to: ['desk@example.org', 'night@example.org'],
  })
  expect(desk?.type === 'email' && desk.login?.password.reveal()).toBe('pw')
  expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toMatch(/secret-path|a-key-of/)
})

test('what does not fit says where, and what to do', async () => {
  const problems = await problemsOf(`[alerts]
low_percent = 1
kinds = toner
[alerts.a]
url = https://hooks.example/x
[alerts.b]
type = webhook
host = x
secret = short
[alerts.c]
type = email
host = mail.example
from = printmaster
to = desk@example.org
user = printmaster
tls = none
[alerts.d]
type = webhook
url = ftp://hooks.example/very-secret
[alerts.e]
type = email
host = mail.example
from = a@example.org
to = b@example.org
user = u
password = p
tls = none
`)
  expect(problems).toEqual([
    'config.ini:2: [alerts] low_percent: 1 is out of range; write 2 to 90 percent',
    expect.stringContaining("config.ini:3: [alerts] kinds: 'toner' is not one of agent_offline,"),
    'config.ini:8: [alerts.b] host: a channel of type webhook has no host; take it out',
    'config.ini:9: [alerts.b] secret: the key is shorter than 16 characters; make one with: openssl rand -hex 32',
    "config.ini:13: [alerts.c] from: 'printmaster' is no mail address; write for example desk@example.org",
    'config.ini:15: [alerts.c] user: wants [alerts.c] password beside it',
    'config.ini:19: [alerts.d] url: this is no URL; write for example https://hooks.example/printers',
    'config.ini:27: [alerts.e] tls: the password could be read on the way; write starttls or implicit',
    '[alerts.a]: wants type, one of webhook, command, syslog, email',
    '[alerts.b]: a channel of type webhook wants url',
  ])
})

test('who scans need not be able to read the secrets of the channels', async () => {
  const text = '[alerts.chat]\ntype = webhook\nurl_file = not-there\n'
  await expect(load(text, { secretsOf: ['snmp'] })).resolves.toBeDefined()
  await expect(load(text, { secretsOf: ['alerts'] })).rejects.toMatchObject({ code: 'bad_config' })
})
