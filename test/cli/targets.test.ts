import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askingOf, play } from './play.ts'
import { createFolder, linesOf, runCli } from './run-cli.ts'

/** Printers on .1 to .3 of a network of the test's own. */
async function playThree(network: string) {
  const player = await play([1, 2, 3].map((n) => ({ address: `${network}.${n}`, name: 'mono-laser-some' })))
  return [...askingOf(player), '--format', 'csv', '--columns', 'ip']
}

/** The addresses in CSV output, without its header. */
function addressesOf({ stdout }: { stdout: string }): string[] {
  return linesOf(stdout.replaceAll('\r', '')).slice(1)
}

test('targets from a file, with comments, blank lines and one named twice', async () => {
  const asking = await playThree('127.64.1')
  const path = join(createFolder(), 'targets.txt')
  writeFileSync(path, '# the office\n\n127.64.1.1-2  # two of them\n127.64.1.2\n')
  const outcome = await runCli(['scan', '-f', path, ...asking])
  expect(outcome.code).toBe(0)
  expect(addressesOf(outcome)).toEqual(['127.64.1.1', '127.64.1.2'])
  expect(outcome.stderr).toMatch(/^2 asked, 2 answered/)
})

test('targets from standard input, along with those of the command line', async () => {
  const asking = await playThree('127.64.2')
  const outcome = await runCli(['scan', '127.64.2.3', '-f', '-', ...asking], { stdin: '127.64.2.1\n' })
  expect(outcome.code).toBe(0)
  expect(addressesOf(outcome)).toEqual(['127.64.2.1', '127.64.2.3'])
})

test('what is piped in is not read unless -f - asks for it', async () => {
  const asking = await playThree('127.64.3')
  const outcome = await runCli(['scan', '127.64.3.1', ...asking], { stdin: '127.64.3.2\n' })
  expect(addressesOf(outcome)).toEqual(['127.64.3.1'])
})

test('--exclude leaves addresses out, and may be repeated', async () => {
  const asking = await playThree('127.64.4')
  const exclude = ['--exclude', '127.64.4.0/31', '--exclude', '127.64.4.3']
  const outcome = await runCli(['scan', '127.64.4.1-3', ...exclude, ...asking])
  expect(outcome.code).toBe(0)
  expect(addressesOf(outcome)).toEqual(['127.64.4.2'])
  expect(outcome.stderr).toMatch(/^1 asked/)
})

test('targets and exclusions of config.ini in the working directory, when the command names none', async () => {
  const asking = await playThree('127.64.5')
  const cwd = createFolder()
  writeFileSync(join(cwd, 'config.ini'), '[scan]\ntargets = 127.64.5.1-3\nexclude = 127.64.5.2\n')
  const outcome = await runCli(['scan', ...asking], { cwd })
  expect(outcome.code).toBe(0)
  expect(addressesOf(outcome)).toEqual(['127.64.5.1', '127.64.5.3'])
})
