import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { readTargetFile } from '../../src/core/targets/target-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'targets-'))
afterAll(() => rmSync(directory, { recursive: true }))

function write(content: string | Uint8Array): string {
  const path = join(directory, 'list.txt')
  writeFileSync(path, content)
  return path
}

test('comments, blank lines, several in a line, any line ending, byte order mark', async () => {
  const path = write('\ufeff# all\r\n10.0.0.1, 10.0.0.2\t10.0.0.3 # three\r\n\n  printer.example#one\r::1')
  expect(await readTargetFile(path)).toEqual([
    { text: '10.0.0.1', where: `${path}:2` },
    { text: '10.0.0.2', where: `${path}:2` },
    { text: '10.0.0.3', where: `${path}:2` },
    { text: 'printer.example', where: `${path}:4` },
    { text: '::1', where: `${path}:5` },
  ])
})

test('- is standard input', async () => {
  const stdin = Readable.from([Buffer.from('10.0.0.'), Buffer.from('1\nbad!\n')])
  await expect(readTargetFile('-', stdin)).rejects.toMatchObject({
    code: 'bad_target',
    message: expect.stringMatching(/^stdin:2: 'bad!'/),
  })
  expect(await readTargetFile('-', Readable.from(['10.0.0.1\n']))).toEqual([{ text: '10.0.0.1', where: 'stdin:1' }])
})

test.each([
  ['none.txt', 'there is no such file'],
  ['', 'it is a directory'],
])('unreadable: %s', async (name, reason) => {
  await expect(readTargetFile(join(directory, name))).rejects.toMatchObject({
    code: 'file_unreadable',
    message: expect.stringContaining(reason),
  })
})

test('unreadable: a path through a file, a link to itself', async () => {
  await expect(readTargetFile(join(write('10.0.0.1'), 'x'))).rejects.toThrow('a part of the path is not a directory')
  const link = join(directory, 'link')
  symlinkSync(link, link)
  await expect(readTargetFile(link)).rejects.toThrow('go round in a circle')
})

test('what is no text, too long, too large or empty is refused', async () => {
  await expect(readTargetFile(write(Buffer.from('10.0.0.1\n', 'utf16le')))).rejects.toThrow('NUL bytes')
  await expect(readTargetFile(write(Buffer.from([0x61, 0xff, 0x0a])))).rejects.toThrow('not UTF-8')
  const long = write(`10.0.0.1\n${' '.repeat(1001)}`)
  await expect(readTargetFile(long)).rejects.toThrow(`${long}:2: the line is longer than 1000 characters`)
  await expect(readTargetFile(write(`# nothing\n`))).rejects.toThrow('names no target')
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1024 * 1024, '\n')
    })(),
  )
  await expect(readTargetFile('-', endless)).rejects.toThrow('larger than 16777216 bytes')
})
