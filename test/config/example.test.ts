import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { renderExample } from '../../src/core/config/render-example.ts'

const directory = mkdtempSync(join(tmpdir(), 'example-'))
afterAll(() => rmSync(directory, { recursive: true }))

async function load(text: string) {
  const path = join(directory, 'config.ini')
  writeFileSync(path, text)
  const { path: _, ...values } = await loadConfig({ path, env: {} })
  return values
}

test('config.ini.example is what the schema says', () => {
  expect(readFileSync(new URL('../../config.ini.example', import.meta.url), 'utf8')).toBe(renderExample())
})

test('the example as it is means the defaults, and so does each default that it shows', async () => {
  const defaults = await load('')
  expect(await load(renderExample())).toEqual(defaults)
  const shown = renderExample().split('\n#[snmp.labels]')[0] as string
  const keys = /^#(version|community|port|timeout|retries|auth_protocol|priv_protocol) = /gm
  expect(shown.match(keys)).toHaveLength(7)
  expect(await load(shown.replaceAll(keys, '$1 = '))).toEqual(defaults)
  const agent = renderExample().split('\n#[reading.warehouse]')[0]?.split('\n[server]')[1] as string
  const agentKeys = /^#(enabled|\w+_interval|allow_plaintext|interval|quiet_hours) = /gm
  expect(agent.match(agentKeys)).toHaveLength(9)
  expect(await load(`[server]${agent.replaceAll(agentKeys, '$1 = ')}`)).toEqual(defaults)
  const journal = renderExample().slice(renderExample().indexOf('\n[journal]')).split('\n[listen]')[0] as string
  const journalKeys = /^#(size|days|health_address|health_port) = /gm
  expect(journal.match(journalKeys)).toHaveLength(4)
  expect(await load(journal.replaceAll(journalKeys, '$1 = '))).toEqual(defaults)
  const server = renderExample().slice(renderExample().indexOf('\n[listen]')).split('\n#[alerts.desk]')[0] as string
  const serverKeys =
    /^#(address|port|allow_plaintext|max_connections|requests_per_second|burst|refused_attempts|offline_after|\w+_after|low_percent|quiet_minutes|kinds) = /gm
  expect(server.match(serverKeys)).toHaveLength(14)
  expect(await load(server.replaceAll(serverKeys, '$1 = '))).toEqual(defaults)
})

/** Of `[alerts.desk]` only the keys of one type of channel: every other key says in its line what it is for. */
function dropOthers(text: string, type: string): string {
  const [before, named] = text.split('#[alerts.desk]') as [string, string]
  const [desk, ...after] = named.split('\n[') as [string, ...string[]]
  const kept = desk
    .split('\n\n')
    .filter((part) => !/^# [a-z, ]+: /.test(part) || (part.split(':')[0] ?? '').includes(type))
  return [`${before}#[alerts.desk]${kept.join('\n\n')}`, ...after].join('\n[')
}

test('every sample in the example is valid', async () => {
  const all = dropOthers(renderExample(), 'webhook')
    .replaceAll(/^#(?=[[a-z_.]+( =|\]$))/gm, '')
    .replaceAll(/^(version =).*$/gm, '$1 3, 2c')
    .replaceAll(/^(community =)$/gm, '$1 labels')
    .replaceAll(/^((?:auth|priv)_key =)$/gm, '$1 longenough')
    .replaceAll(/^(enrolment_token =)$/gm, `$1 ${'t'.repeat(32)}`)
    .replaceAll(/^(url =)$/gm, '$1 https://hooks.example/printers')
    .replaceAll(/^(secret =)$/gm, `$1 ${'s'.repeat(32)}`)
  const config = await load(all)
  expect(config.server).toMatchObject({ url: 'https://printers.example:9090', agent_id: 'agent-001' })
  expect(config.reading.map(({ name }) => name)).toEqual(['reading.warehouse', 'reading'])
  expect(config.alerts.channels).toMatchObject([{ name: 'desk', type: 'webhook', severity: 'warning' }])
  expect(config.snmp.sets.map(({ name }) => name)).toEqual(['snmp.labels', 'snmp'])
  expect(config.scan.targets).toEqual(['192.168.1.0/24', 'printer.example'])
  expect(config.profiles.directory).toBe(join(directory, 'profiles'))
  expect(config).toMatchObject({
    listen: { trusted_proxies: ['10.0.0.5', '10.1.0.0/16'] },
    database: { path: '/var/lib/printmaster/printmaster.db' },
    tls: { certificate: join(directory, 'fullchain.pem'), key: join(directory, 'privkey.pem') },
    log: { format: 'json' },
  })
})
