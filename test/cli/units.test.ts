import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/commands.ts'
import { createFolder } from './run-cli.ts'

const UNITS = ['printmaster-server', 'printmaster-agent']
const PROGRAM = '/usr/local/bin/printmaster'

const readUnit = (name: string) => readFileSync(new URL(`../../packaging/${name}.service`, import.meta.url), 'utf8')

/** The unit as systemd is to judge it on a machine where the program is not installed. */
function writeUnit(name: string): string {
  const file = join(createFolder(), `${name}.service`)
  writeFileSync(file, readUnit(name).replaceAll(PROGRAM, process.execPath))
  return file
}

test.each(UNITS)('%s.service: systemd finds nothing to say about it', (name) => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', writeUnit(name)], {
    encoding: 'utf8',
  })
  expect([status, stdout, stderr.replaceAll(/^.*(not a systemd|Failed to connect).*\n/gm, '')]).toEqual([0, '', ''])
})

test.each(UNITS)('%s.service: what it could do to the machine is little', (name) => {
  const args = ['security', '--offline=yes', '--threshold=20', '--no-pager', writeUnit(name)]
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  expect({ status, verdict: `${stdout}${stderr}`.split('\n').slice(-3).join('\n') }).toMatchObject({ status: 0 })
})

test.each(UNITS)('%s.service starts a command that there is, as nobody in particular, with a watchdog', (name) => {
  const unit = readUnit(name)
  const command = new RegExp(`^ExecStart=${PROGRAM} (\\w+)$`, 'm').exec(unit)?.[1] as string
  expect(Object.keys(COMMANDS)).toContain(command)
  for (const line of [
    'Type=notify',
    'DynamicUser=yes',
    'CapabilityBoundingSet=',
    'ExecReload=/bin/kill -HUP $MAINPID',
  ]) {
    expect(unit.split('\n')).toContain(line)
  }
  expect(unit).toMatch(/^WatchdogSec=\d+$/m)
  expect(unit).toMatch(/^Restart=(always|on-failure)$/m)
})
