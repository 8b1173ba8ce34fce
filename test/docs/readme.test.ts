import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import Agent from '../../src/commands/agent.ts'
import AuditExport from '../../src/commands/audit/export.ts'
import AuditVerify from '../../src/commands/audit/verify.ts'
import Audit from '../../src/commands/audit.ts'
import AgentCommand from '../../src/commands/command.ts'
import Demo from '../../src/commands/demo.ts'
import Export from '../../src/commands/export.ts'
import ReportPages from '../../src/commands/report/pages.ts'
import RetentionArchive from '../../src/commands/retention/archive.ts'
import RetentionPlan from '../../src/commands/retention/plan.ts'
import RetentionRestore from '../../src/commands/retention/restore.ts'
import RetentionRun from '../../src/commands/retention/run.ts'
import RetentionSet from '../../src/commands/retention/set.ts'
import RetentionShow from '../../src/commands/retention/show.ts'
import Scan from '../../src/commands/scan.ts'
import Backup from '../../src/commands/server/backup.ts'
import Restore from '../../src/commands/server/restore.ts'
import Server from '../../src/commands/server.ts'
import Simulate from '../../src/commands/simulate.ts'
import Status from '../../src/commands/status.ts'
import CreateToken from '../../src/commands/token/create.ts'
import ListTokens from '../../src/commands/token/list.ts'
import RevokeToken from '../../src/commands/token/revoke.ts'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { parseColumns } from '../../src/core/output/columns.ts'
import { parseFilter } from '../../src/core/output/filter.ts'
import { parseSort } from '../../src/core/output/sort.ts'
import { parseProfile } from '../../src/core/profiles/load-profiles.ts'
import { FAULT_KINDS, parseFault } from '../../src/core/snmp/player/faults.ts'
import { checkTarget } from '../../src/core/targets/parse-target.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const README = read('README.md')
const PACKAGE = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}

/** The text from the heading that begins so to the next heading of the same rank. */
function findSection(heading: string): string {
  const section = README.split(/^(?=## )/m).find((text) => text.startsWith(`## ${heading}`))
  if (section === undefined) throw new Error(`README.md has no section "${heading}"`)
  return section
}

const findAll = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map((match) => match[1] as string))].sort()
const findFlags = (text: string) => findAll(text, /(?<![\w-])--([a-z][a-z0-9-]*)/g)
const findTableCells = (text: string, heading: string): string[] => {
  const rows = text.slice(text.indexOf(`| ${heading} |`)).split('\n\n', 1)[0] as string
  return rows
    .split('\n')
    .slice(2)
    .flatMap((row) => findAll(row.split('|')[1] as string, /`([^`]+)`/g))
}

const flagsOf = (...commands: readonly { readonly flags: object }[]) => [
  ...new Set(commands.flatMap(({ flags }) => Object.keys(flags))),
]
const FLAGS = {
  scan: flagsOf(Scan),
  simulate: flagsOf(Simulate),
  demo: flagsOf(Demo),
  agent: flagsOf(Agent),
  audit: flagsOf(Audit, AuditExport, AuditVerify),
  export: flagsOf(Export),
  'report pages': flagsOf(ReportPages),
  retention: flagsOf(RetentionArchive, RetentionPlan, RetentionRestore, RetentionRun, RetentionSet, RetentionShow),
  status: flagsOf(Status),
  command: flagsOf(AgentCommand),
  server: flagsOf(Server, Backup, Restore),
  token: flagsOf(CreateToken, ListTokens, RevokeToken),
}

describe.each(Object.entries(FLAGS))('README, section of %s', (command, flags) => {
  const others = Object.keys(FLAGS).filter((name) => name !== command)
  const section = findSection(`\`printmaster ${command}`).replaceAll(
    new RegExp(`(printmaster|\`)\\s?(${others.join('|')}) [^\`\\n]*`, 'g'),
    '',
  )

  it('names only flags that exist', () => {
    const unknown = findFlags(section).filter((flag) => ![...flags, 'help'].includes(flag))
    expect(unknown).toEqual([])
  })

  it('names every flag', () => {
    expect(flags.filter((flag) => !findFlags(section).includes(flag))).toEqual([])
  })
})

describe('README', () => {
  it('names only flags that some command has, outside the lines of npm', () => {
    const text = README.replaceAll(/npm run [^`\n]*/g, '')
    const known = [...Object.values(FLAGS).flat(), 'help']
    expect(findFlags(text).length).toBeGreaterThan(20)
    expect(findFlags(text).filter((flag) => !known.includes(flag))).toEqual([])
  })

  it('names only scripts that package.json has', () => {
    const named = findAll(README, /npm run ([a-z-]+)/g)
    expect(named.filter((script) => !(script in PACKAGE.scripts))).toEqual([])
  })

  it('names every script of package.json', () => {
    const named = [...findAll(README, /npm run ([a-z-]+)/g), ...findAll(README, /npm (test)\b/g), 'prepare']
    expect(Object.keys(PACKAGE.scripts).filter((script) => !named.includes(script))).toEqual([])
  })

  it('gives the two lines that do everything', () => {
    const lines = findSection('Quick start').split('\n')
    expect(lines).toContain('npm ci && npm run demo')
    expect(lines).toContain('npm ci && npm test')
  })

  it('shows targets, filters, columns, sort orders and faults that are understood', () => {
    const targets = findTableCells(README, 'target')
    expect(targets).toContain('2001:db8::/120')
    for (const target of targets) expect(() => checkTarget(target), target).not.toThrow()
    const filters = findAll(README, /--filter '([^']+)'/g)
    expect(filters.length).toBeGreaterThan(3)
    for (const filter of filters) expect(() => parseFilter(filter), filter).not.toThrow()
    for (const columns of findAll(README, /--columns ([a-z_.,[\]0-9]+)/g))
      expect(() => parseColumns(columns), columns).not.toThrow()
    for (const order of findAll(README, /--sort (-?[a-z_.,-]+)/g)) expect(() => parseSort(order), order).not.toThrow()
    for (const fault of findAll(README, /--fault ([a-z-]+=\w+)/g)) expect(() => parseFault(fault), fault).not.toThrow()
  })

  it('describes every fault of the player, and no other', () => {
    const described = findTableCells(findSection('`printmaster simulate'), 'fault')
    expect(described.sort()).toEqual([...FAULT_KINDS].sort())
  })

  it('shows a config.ini that is read without a problem', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'printmaster-readme-'))
    try {
      const ini = /```ini\n([^`]+)```/.exec(findSection('config.ini'))?.[1] ?? ''
      const path = join(directory, 'config.ini')
      writeFileSync(path, ini, { mode: 0o600 })
      for (const key of findAll(ini, /_key_file = (\S+)/g)) {
        writeFileSync(join(directory, key), 'only for this test\n', { mode: 0o600 })
      }
      const config = await loadConfig({ path, env: {} })
      expect(config.warnings).toEqual([])
      expect(config.snmp.sets.map(({ name }) => name)).toEqual(['snmp.branch', 'snmp'])
      expect(config.snmp.sets[0]?.credentials[0]).toMatchObject({ version: '3', security_level: 'authPriv' })
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('shows a profile that fits its schema', () => {
    const text = /```json\n([^`]+)```/.exec(README)?.[1] ?? ''
    expect(parseProfile(JSON.parse(text), 'README.md').name).toBe('acme')
  })

  it('links only to files that are there', () => {
    for (const page of ['README.md', 'docs/architecture.md', 'docs/dependencies.md']) {
      for (const link of findAll(read(page), /\]\(([^)#:]+)\)/g)) {
        const target = new URL(link, new URL(`../../${page}`, import.meta.url))
        expect(() => readFileSync(target), `${page}: ${link}`).not.toThrow(/ENOENT/)
      }
    }
  })
})

it('docs/dependencies.md has a line for each dependency of package.json, and no other', () => {
  const described = findAll(read('docs/dependencies.md'), /^\| `([^`]+)` \|/gm)
  expect(described).toEqual([...Object.keys(PACKAGE.dependencies), ...Object.keys(PACKAGE.devDependencies)].sort())
})

describe('docs/architecture.md', () => {
  it('names only source files and folders that are there', () => {
    const named = findAll(read('docs/architecture.md'), /`((?:core|cli)\/[\w./-]+)`/g)
    expect(named.length).toBeGreaterThan(20)
    for (const path of named)
      expect(() => readFileSync(new URL(`../../src/${path}`, import.meta.url)), path).not.toThrow(/ENOENT/)
  })
})
