import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { findJournal } from '../../src/core/config/find-database.ts'
import { loadConfig } from '../../src/core/config/load-config.ts'

const directory = mkdtempSync(join(tmpdir(), 'agent-sections-'))
afterAll(() => rmSync(directory, { recursive: true }))
const TOKEN = 'own-token.of_32~characters/or+more=='
const PROXY = 'http://agent:pass-word@proxy.example:3128'

function write(name: string, text: string, mode = 0o600): string {
  const path = join(directory, name)
  writeFileSync(path, text, { mode })
  return path
}

const load = (text: string, options: Parameters<typeof loadConfig>[0] = {}) =>
  loadConfig({ path: write('config.ini', text), env: {}, ...options })

async function problemsOf(text: string, options: Parameters<typeof loadConfig>[0] = {}): Promise<string[]> {
  const error = await load(text, options).then(
    () => null,
    (reason) => reason,
  )
  expect(error).toMatchObject({ code: 'bad_config', isUsage: true })
  return error.message.replaceAll(`${directory}/`, '').split('\n')
}

test('the defaults: alone, a search an hour, a reading in five minutes, a page on loopback', async () => {
  const config = await load('')
  expect(config.server).toEqual({
    enabled: false,
    url: null,
    agent_id: null,
    name: null,
    enrolment_token: null,
    upload_interval_seconds: 60,
    heartbeat_interval_seconds: 30,
    ca: null,
    client: null,
    proxy: null,
    allow_plaintext: false,
  })
  expect(config.discovery).toEqual({ interval_seconds: 3600, quiet_hours: [] })
  expect(config.reading).toEqual([
    {
      name: 'reading',
      ranges: null,
      models: null,
      interval_seconds: 300,
      full_interval_seconds: 3600,
      quiet_hours: [],
    },
  ])
  expect(config.journal).toEqual({ path: null, size_mb: 1024, days: 30 })
  expect(config.agent).toEqual({ health: { address: '127.0.0.1', port: 9091 } })
})

test('everything set', async () => {
  const config = await load(`
    [server]
    enabled = yes
    url = https://printers.example:9090/fleet/
    agent_id = agent-001
    name = Branch office, cellar
    enrolment_token = ${TOKEN}
    upload_interval = 5m
    heartbeat_interval = 45s
    ca = authority.pem
    client_certificate = agent.pem
    client_key = /etc/agent.key
    proxy = ${PROXY}
    [discovery]
    interval = 1d
    quiet_hours = 22:00-06:00, 12:00-13:30
    [reading]
    interval = 120
    full_interval = 2h
    quiet_hours = 23:00-24:00
    [reading.labels]
    models = Zebra ZT, TSC
    interval = 10
    quiet_hours = none
    [reading.far_away]
    ranges = 10.20.0.0/16, 10.30.1.10-20
    interval = 12h
    [journal]
    path = data/agent.db
    size = 50
    days = 7
    [agent]
    health_address = ::1
    health_port = none
  `)
  expect(config.server).toMatchObject({
    enabled: true,
    url: 'https://printers.example:9090/fleet',
    agent_id: 'agent-001',
    name: 'Branch office, cellar',
    upload_interval_seconds: 300,
    heartbeat_interval_seconds: 45,
    ca: join(directory, 'authority.pem'),
    client: { certificate: join(directory, 'agent.pem'), key: '/etc/agent.key' },
  })
  expect(config.server.enrolment_token?.reveal()).toBe(TOKEN)
  expect(config.server.proxy?.reveal()).toBe(`${PROXY}/`)
  expect(config.discovery).toEqual({
    interval_seconds: 86_400,
    quiet_hours: [
      { from: 1320, to: 360 },
      { from: 720, to: 810 },
    ],
  })
  const late = [{ from: 1380, to: 0 }]
  expect(config.reading).toMatchObject([
    {
      name: 'reading.labels',
      ranges: null,
      models: ['Zebra ZT', 'TSC'],
      interval_seconds: 10,
      full_interval_seconds: 7200,
      quiet_hours: [],
    },
    {
      name: 'reading.far_away',
      ranges: [{ text: '10.20.0.0/16' }, { text: '10.30.1.10-20' }],
      models: null,
      interval_seconds: 43_200,
      // that of [reading] is shorter than what this section asks for
      full_interval_seconds: 43_200,
      quiet_hours: late,
    },
    { name: 'reading', interval_seconds: 120, full_interval_seconds: 7200, quiet_hours: late },
  ])
  expect(config.journal).toEqual({ path: join(directory, 'data/agent.db'), size_mb: 50, days: 7 })
  expect(config.agent).toEqual({ health: null })
  expect(inspect(config, { depth: null }) + JSON.stringify(config)).not.toMatch(/own-token|pass-word/)
})

test('all problems at once, each with line, section and key; a secret is not repeated', async () => {
  const problems = await problemsOf(`[server]
enabled = yes
agent_id = list
enrolment_token = hunter2
upload_interval = 4s
heartbeat_interval = soon
client_key = agent.key
proxy = socks5://agent:hunter2@proxy.example
[discovery]
interval = 59
quiet_hours = 22:00-06:00, 25:00-26:00, 08:00-08:00, 07:60-08:00
[reading]
interval = 9
full_interval = 40d
quiet_hours = 00:00-12:00, 12:00-24:00
[reading.labels]
interval = 2h
full_interval = 1h
[reading.dots]
models = ,
[journal]
size = 1
days = 0
[agent]
health_address = 0.0.0.0
health_port = all
`)
  const letters = 'letters, digits and . _ : -, at most 128 of them, and no word of the API such as "list"'
  expect(problems).toEqual([
    'config.ini:2: [server] enabled: wants [server] url beside it, for example https://printers.example:9090',
    `config.ini:3: [server] agent_id: 'list' is no agent_id: ${letters}`,
    'config.ini:4: [server] enrolment_token: the token is shorter than 32 characters; make one at the server with "printmaster token create --scope enrolment"',
    'config.ini:5: [server] upload_interval: 4s is out of range; write 5s to 1d',
    "config.ini:6: [server] heartbeat_interval: 'soon' is no time; write seconds, or for example 30s",
    'config.ini:7: [server] client_key: wants [server] client_certificate beside it',
    'config.ini:8: [server] proxy: this is no URL of a proxy; write for example http://proxy.example:3128',
    'config.ini:10: [discovery] interval: 59 is out of range; write 1m to 30d',
    "config.ini:11: [discovery] quiet_hours: '25:00-26:00' is no time of the day; write for example 22:00-06:00",
    "config.ini:11: [discovery] quiet_hours: '08:00-08:00' is no time of the day; write for example 22:00-06:00",
    "config.ini:11: [discovery] quiet_hours: '07:60-08:00' is no time of the day; write for example 22:00-06:00",
    'config.ini:13: [reading] interval: 9 is out of range; write 10s to 30d',
    'config.ini:14: [reading] full_interval: 40d is out of range; write 10s to 30d',
    'config.ini:15: [reading] quiet_hours: this is the whole day; nothing would ever be asked',
    'config.ini:18: [reading.labels] full_interval: is shorter than interval; write the same time or a longer one',
    'config.ini:20: [reading.dots] models: write one or more, separated by commas',
    'config.ini:22: [journal] size: 1 is out of range; write 10 to 10000000 megabytes',
    'config.ini:23: [journal] days: 0 is out of range; write 1 to 3650 days',
    "config.ini:25: [agent] health_address: '0.0.0.0' is not a loopback address; write 127.0.0.1 or ::1",
    "config.ini:26: [agent] health_port: 'all' is not a whole number; write for example 9091",
    '[reading.labels]: wants ranges or models; without them it would take the place of [reading]',
  ])
})

test.each([
  [
    'ftp://printers.example',
    "'ftp://printers.example' is no URL of a server; write for example https://printers.example:9090",
  ],
  [
    'ftp://me:hunter2@printers.example',
    "'ftp://printers.example/' is no URL of a server; write for example https://printers.example:9090",
  ],
  ['me:hunter2@printers.example', "'(hidden)' is no URL of a server; write for example https://printers.example:9090"],
  [
    'printers.example:9090',
    "'printers.example:9090' is no URL of a server; write for example https://printers.example:9090",
  ],
  ['https://me:hunter2@printers.example', 'the URL holds a name or a password; agents register with enrolment_token'],
  ['https://printers.example/?a=1', "'https://printers.example/': leave out what follows ? or #"],
  [
    'http://printers.example',
    'token and readings could be read on the way; write https://, or add allow_plaintext = yes',
  ],
])('the url %s is refused', async (url, problem) => {
  expect(await problemsOf(`[server]\nenabled = yes\nurl = ${url}\n`)).toEqual([
    `config.ini:3: [server] url: ${problem}`,
  ])
})

test.each(['http://127.0.0.1:9090', 'http://localhost:9090', 'http://[::1]:9090'])(
  'plain HTTP is taken on loopback: %s',
  async (url) => {
    expect((await load(`[server]\nenabled = yes\nurl = ${url}\n`)).server.url).toBe(url)
  },
)

test('plain HTTP beyond loopback is taken where allow_plaintext says so', async () => {
  const { server } = await load('[server]\nurl = http://printers.example\nallow_plaintext = yes\n')
  expect(server).toMatchObject({ url: 'http://printers.example', allow_plaintext: true })
})

test('the environment beats the file, and can begin a section of its own', async () => {
  const { server, reading } = await load('[server]\nname = file\n[reading.lab-2]\nmodels = Zebra\n', {
    env: {
      PRINTMASTER_SERVER_NAME: 'environment',
      PRINTMASTER_READING_LAB_2_FULL_INTERVAL: '3h',
      PRINTMASTER_READING_OTHER_MODELS: 'TSC',
      PRINTMASTER_READING_INTERVAL: '10m',
    },
  })
  expect(server.name).toBe('environment')
  expect(reading).toMatchObject([
    { name: 'reading.lab-2', models: ['Zebra'], interval_seconds: 600, full_interval_seconds: 10_800 },
    { name: 'reading.other', models: ['TSC'], interval_seconds: 600 },
    { name: 'reading', interval_seconds: 600 },
  ])
})

test('token and proxy may stand in files, which only the agent opens', async () => {
  write('token', `${TOKEN}\n`)
  write('proxy', `${PROXY}\n`, 0o644)
  const file = '[server]\nenrolment_token_file = token\nproxy_file = proxy\n'
  const { server, warnings } = await load(file)
  expect([server.enrolment_token?.reveal(), server.proxy?.reveal()]).toEqual([TOKEN, `${PROXY}/`])
  expect(warnings).toEqual([expect.stringMatching(/proxy_file: '.*proxy' holds secrets and is open to other users/)])
  const scanning = await load(file, { secretsOf: ['snmp'] })
  expect([scanning.server.enrolment_token, scanning.server.proxy, scanning.warnings]).toEqual([null, null, []])
})

test.each([
  ['config', { journal: { path: '/data/j.db', size_mb: 1, days: 1 } }, { STATE_DIRECTORY: '/state' }, '/data/j.db'],
  ['systemd', { journal: { path: null, size_mb: 1, days: 1 } }, { STATE_DIRECTORY: '/state/a' }, '/state/a/journal.db'],
  [
    'the user',
    { journal: { path: null, size_mb: 1, days: 1 } },
    {},
    // as the XDG base directory specification says
    join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'printmaster/journal.db'),
  ],
])('the journal is where %s says', async (_who, config, env, place) => {
  expect(await findJournal(config, env)).toBe(place)
})
