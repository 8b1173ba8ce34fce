import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/commands.ts'
import { createFolder, LAUNCHER, linesOf, runCli } from './run-cli.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

test('--version', async () => {
  const { code, stdout, stderr } = await runCli(['--version'])
  expect(stdout).toMatch(new RegExp(`^printmaster/${version.replaceAll('.', '\\.')} .* node-v\\d+\\.\\d+\\.\\d+\\n$`))
  expect([code, stderr]).toEqual([0, ''])
})

test.each([[[]], [['--help']], [['help']]])('%j shows the commands', async (args) => {
  const { code, stdout, stderr } = await runCli(args)
  expect([code, stderr]).toEqual([0, ''])
  for (const command of ['scan', 'simulate', 'help']) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'))
})

test('no usage line has an empty place in it', { timeout: 60_000 }, async () => {
  for (const id of Object.keys(COMMANDS).filter((name) => name !== 'help')) {
    const { stdout } = await runCli([...id.split(':'), '--help'])
    const [, usage = ''] = /^USAGE\n([\s\S]*?)\n\n/m.exec(stdout) ?? []
    expect(usage, id).toMatch(/\$ printmaster /)
    expect(usage, id).not.toMatch(/\|\s*[|\]]|\s\]|\[\s*[|\]]/)
  }
})

test.each([[['scan', '--help']], [['help', 'scan']]])(
  '%j shows every flag, the exit codes and examples',
  async (args) => {
    const { code, stdout, stderr } = await runCli(args)
    expect([code, stderr]).toEqual([0, ''])
    const flags =
      '--exclude --file --max-hosts --community --snmp-version --v3-user --security-level --auth-protocol --auth-key-file --priv-protocol --priv-key-file --port --timeout --retries --rate --concurrency --deadline --format --json --columns --sort --filter --watch --exit-code --warning --critical --record --record-raw --config'
    for (const flag of flags.split(' ')) expect(stdout).toMatch(new RegExp(`^ +(-\\w, )?${flag}\\b`, 'm'))
    for (const exit of [
      '0    scan done',
      '1    nothing could be asked',
      '2    wrong usage or config',
      '130  interrupted',
    ])
      expect(stdout).toMatch(new RegExp(`^ +${exit}`, 'm'))
    expect(stdout).toContain('$ printmaster scan 192.168.1.0/24')
    expect(stdout).not.toContain('<%')
  },
)

/** Ways to start the launcher with a Node that is too old: one that only says so, and the system's where it is. */
function oldNodes(): Array<[what: string, version: string, command: string[]]> {
  const nodes: Array<[string, string, string[]]> = []
  for (const old of ['20.19.5', '22.21.1']) {
    const preload = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${old}'}})`
    nodes.push(['one that says so', old, [process.execPath, '-r', writeScript(preload)]])
  }
  const system = '/usr/bin/node'
  if (!existsSync(system)) return nodes
  const found = execFileSync(system, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
  if (Number.parseInt(found, 10) < 22) nodes.push(["the system's", found, [system]])
  return nodes
}

function writeScript(text: string): string {
  const path = join(createFolder(), 'preload.cjs')
  writeFileSync(path, text)
  return path
}

test('started by a Node that is too old it says which it needs and how to get it', () => {
  for (const [what, old, [command, ...args]] of oldNodes()) {
    const { status, stdout, stderr } = spawnSync(command as string, [...args, LAUNCHER, 'scan'], { encoding: 'utf8' })
    expect(linesOf(stderr), what).toEqual([
      expect.stringContaining(`printmaster needs Node.js 22.22 or newer; this is ${old}. Install a newer one`),
    ])
    expect([status, stdout]).toEqual([2, ''])
  }
})
