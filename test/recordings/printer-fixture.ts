import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Printer } from '../../src/core/model/printer.ts'
import { normalise } from '../../src/core/printer/normalise.ts'
import type { Reading } from '../../src/core/snmp/reading.ts'
import { parseRecording, type Recording } from '../../src/core/snmp/recording.ts'

type Room = 'printers' | 'others'

/** Names of the recordings in a room, without the ending. */
export function fixtureNames(room: Room): string[] {
  return readdirSync(join(import.meta.dirname, room))
    .filter((file) => file.endsWith('.snmprec'))
    .map((file) => file.slice(0, -'.snmprec'.length))
    .sort()
}

export function readFixture(room: Room, name: string): Recording {
  const file = `${name}.snmprec`
  return parseRecording(readFileSync(join(import.meta.dirname, room, file)), file)
}

export function expectationFile(name: string): string {
  return join(import.meta.dirname, 'printers', `${name}.expected.json`)
}

export function readExpectation(name: string): Array<Partial<Printer>> {
  return JSON.parse(readFileSync(expectationFile(name), 'utf8'))
}

/** What a device with just these objects, all of them read, would give. */
export function readingOf(values: Reading['values'], version: Reading['snmp_version'] = '2c'): Reading {
  return {
    address: '192.0.2.1',
    port: 161,
    snmp_version: version,
    sampled_at: '2026-01-01T00:00:00.000Z',
    values,
    missing: [],
  }
}

/** The printers that the program sees in a recording. */
export function normaliseFixture(name: string): Printer[] {
  const version = readExpectation(name)[0]?.snmp_version
  return normalise(readingOf(readFixture('printers', name).values, version))
}
