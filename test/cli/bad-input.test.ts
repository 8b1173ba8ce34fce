import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createFolder, linesOf, type Outcome, runCli } from './run-cli.ts'

/** Nothing is asked: each mistake is found before the first packet. */
const TARGET = '127.62.0.1'

/** One line a problem, said by us and not by a stack trace; results stay empty. */
function expectRefusal({ code, stdout, stderr }: Outcome, ...problems: Array<string | RegExp>): void {
  expect.soft(stdout).toBe('')
  expect.soft(stderr).not.toMatch(/\n {4}at |[\x1b\r]/)
  const lines = linesOf(stderr)
  expect.soft(lines).toHaveLength(problems.length)
  for (const [i, problem] of problems.entries()) {
    expect.soft(lines[i]).toMatch(/^printmaster: /)
    if (typeof problem === 'string') expect.soft(lines[i]).toContain(problem)
    else expect.soft(lines[i]).toMatch(problem)
  }
  expect(code).toBe(2)
}

describe('wrong flags', () => {
  test.each<[args: string[], problem: string | RegExp]>([
    [['--foo'], "there is no flag '--foo' (see printmaster scan --help)"],
    [['--exlude', 'x'], "there is no flag '--exlude'; did you mean --exclude?"],
    [['-x'], "there is no flag '-x'"],
    [['--timeout'], '--timeout expects a value'],
    [['--timeout', 'soon'], /--timeout: expected an integer but received: soon/],
    [['--port', '0'], /--port: .*greater than or equal to 1 .*0/],
    [['--port', '70000'], /--port: .*less than or equal to 65535 .*70000/],
    [['--port', '1', '--port', '2'], '--port can be given only once'],
    [['--port', '1\n2\x1b[31m'], '--port: expected an integer'],
    [['--watch', '0'], /--watch: .*greater than or equal to 1 .*0/],
    [['--snmp-version', '4'], "--snmp-version: '4' is not one of 1, 2c, 3"],
    [['--format', 'xml'], "--format: 'xml' is not one of table, json, ndjson, csv"],
    [['--json', '--format', 'csv'], /--format=csv and --json exclude each other/],
    [['--watch', '5', '--json'], '--watch goes with --format table or ndjson'],
    [['--watch', '5', '--record', 'x'], 'not with --record'],
    [['--warning', '5'], '--warning needs --exit-code'],
    [['--record-raw'], '--record-raw needs --record'],
    [['--auth-key-file', 'key'], '--auth-key-file needs --v3-user'],
    [['--columns', 'ip,colour'], /--columns "colour".*unknown field "colour"/],
    [['--sort', 'size'], /--sort "size".*unknown field "size"/],
    [['--columns', ''], '--columns: the value is empty'],
    [['--community', 'one', '--community', ''], '--community: the value is empty'],
    [['--v3-user', ''], '--v3-user: the value is empty'],
    [['--record', ''], '--record: the value is empty'],
    [['--filter', 'size=1'], /--filter "size=1".*unknown field "size"/],
    [['--filter', 'page_count<many'], /--filter "page_count<many"/],
    [['--filter', 'status'], /--filter "status"/],
  ])('%j', async (args, problem) => {
    expectRefusal(await runCli(['scan', TARGET, ...args]), problem)
  })
})

describe('wrong targets', () => {
  test.each<[args: string[], problem: string | RegExp]>([
    [['10.0.0.300'], "'10.0.0.300' is not a target"],
    [['10.0.0.0/33'], "'10.0.0.0/33'"],
    [['10.0.0.20-10'], "'10.0.0.20-10'"],
    [['1.2.3.4\n\x1b[31m'], 'is not a target'],
    [['127.0.0.0/8'], /16777214 addresses, more than 65536.*--max-hosts 16777214/],
    [[TARGET, '--exclude', TARGET], 'the exclusions cover every target'],
    [[TARGET, '--exclude', '10.0.0.300'], "'10.0.0.300' is not a target"],
    [['-f', '/nowhere/targets.txt'], "cannot read '/nowhere/targets.txt': there is no such file"],
    [['-f', '/'], "cannot read '/': it is a directory"],
    [['-f', '-'], 'standard input names no target'],
    [['127.62.0.0/30', '--record', 'x.snmprec'], '--record is for one device; these targets are 2 addresses'],
  ])('%j', async (args, problem) => {
    expectRefusal(await runCli(['scan', ...args]), problem)
  })

  test('in a list, by its line', async () => {
    const stdin = '# ours\n\n127.62.0.1\n10.0.0.300\n'
    expectRefusal(await runCli(['scan', '-f', '-'], { stdin }), /stdin:4: '10\.0\.0\.300' is not a target/)
  })
})

describe('wrong config', () => {
  test('every problem in a line of its own, with file and line', async () => {
    const path = join(createFolder(), 'config.ini')
    writeFileSync(path, '[snmp]\ncommunity = hush\ntimout = 5\nport = x\n\n[office]\n[scan]\ntargets = 1.2.3.400\n', {
      mode: 0o600,
    })
    expectRefusal(
      await runCli(['scan', TARGET, '--config', path]),
      `${path}:3: [snmp] the key 'timout' is not known; did you mean timeout?`,
      `${path}:4: [snmp] port: 'x' is not a whole number`,
      `${path}:6: the section 'office' is not known`,
      `${path}:8: [scan] targets: '1.2.3.400' is not a target`,
    )
  })

  test('a file that is not there', async () => {
    expectRefusal(
      await runCli(['scan', TARGET, '--config', '/nowhere/config.ini']),
      "cannot read '/nowhere/config.ini': there is no such file",
    )
    expectRefusal(await runCli(['scan', TARGET, '--config', '/']), "cannot read '/': it is a directory")
  })

  test('a variable of the environment, by its name', async () => {
    const env = { PRINTMASTER_SNMP_PORT: 'x' }
    expectRefusal(await runCli(['scan', TARGET], { env }), /PRINTMASTER_SNMP_PORT: 'x' is not a whole number/)
  })
})

describe('wrong keys', () => {
  const user = ['scan', TARGET, '--v3-user', 'monitor']

  test('nothing on standard input', async () => {
    expectRefusal(await runCli([...user, '--auth-key-file', '-']), '--auth-key-file -: standard input holds no key')
  })

  test('more than a line on standard input, which is not repeated', async () => {
    const outcome = await runCli([...user, '--auth-key-file', '-'], { stdin: 'hush-hush-1\nhush-hush-2\n' })
    expectRefusal(outcome, '--auth-key-file -: standard input holds more than one line')
    expect(outcome.stderr).not.toContain('hush')
  })

  test('standard input wanted twice', async () => {
    expectRefusal(
      await runCli([...user, '--auth-key-file', '-', '--priv-key-file', '-']),
      '--auth-key-file and --priv-key-file cannot both be read from standard input',
    )
    expectRefusal(
      await runCli([...user.filter((word) => word !== TARGET), '-f', '-', '--auth-key-file', '-']),
      '--file and --auth-key-file cannot both be read from standard input',
    )
  })

  test('too short, from a file that is not there, and without authentication', async () => {
    const short = join(createFolder(), 'key')
    writeFileSync(short, 'hush\n', { mode: 0o600 })
    const outcome = await runCli([...user, '--auth-key-file', short])
    expectRefusal(outcome, '--auth-key-file: the key is shorter than 8 characters')
    expect(outcome.stderr).not.toContain('hush')
    expectRefusal(
      await runCli([...user, '--auth-key-file', '/nowhere/key']),
      "--auth-key-file: cannot read '/nowhere/key': there is no such file",
    )
    const stdin = 'long-enough-1'
    expectRefusal(await runCli([...user, '--priv-key-file', '-'], { stdin }), /auth_key: security_level authPriv needs/)
  })
})

describe('a recording that cannot be written', () => {
  test('onto a file that is there already: it stays as it is', async () => {
    const path = join(createFolder(), 'printer.snmprec')
    writeFileSync(path, 'mine')
    expectRefusal(await runCli(['scan', TARGET, '--record', path]), `cannot write '${path}': it exists already`)
  })

  test('into a folder that is not there', async () => {
    const path = join(createFolder(), 'none', 'x.snmprec')
    expectRefusal(await runCli(['scan', TARGET, '--record', path]), 'there is no such folder')
    expect(existsSync(path)).toBe(false)
  })
})

describe('no such command', () => {
  test.each<[args: string[], problem: string]>([
    [['scna'], "there is no command 'scna'; did you mean scan? (see printmaster --help)"],
    [['scna', '10.0.0.1'], "there is no command 'scna'; did you mean scan?"],
    [['help', 'scna'], "there is no command 'scna'; did you mean scan?"],
    [
      ['frobnicate'],
      "there is no command 'frobnicate'; the commands are help, agent, audit, command, demo, export, report, retention",
    ],
    [['-x'], "there is no command '-x'"],
  ])('%j', async (args, problem) => {
    expectRefusal(await runCli(args), problem)
  })
})
