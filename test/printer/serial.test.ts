import { describe, expect, it } from 'vitest'
import { findSerialFault, isRealSerial } from '../../src/core/printer/serial.ts'

describe('isRealSerial', () => {
  it.each(['VNB3K12345', 'PMB8310N0022', 'CN1234', 'E78412-B3', '00004711', 'X4F7-992.1'])('believes %s', (text) => {
    expect(isRealSerial(text)).toBe(true)
  })

  it.each([
    '',
    '123',
    '0000000000',
    '1111',
    '0-0-0-0-0',
    'XXXXXXXXXX',
    'xxxxx1',
    '0123456789',
    '123456789',
    '1234567890',
    'unknown',
    'N/A',
    'Not Available',
    'SerialNumber',
    '------',
    'ABCDEF',
    '9'.repeat(65),
    `A1${'0'.repeat(100)}`,
  ])('does not believe "%s"', (text) => {
    expect(isRealSerial(text)).toBe(false)
  })
})

describe('findSerialFault', () => {
  const others = { models: ['MPX2500', 'Gestetner MPX2500'], parts: ['CX310A'], mac: '02:50:4d:f6:fa:4a' }
  it.each([
    ['VNB3K12345', null],
    ['mpx2500', 'the name of the model, no serial number'],
    ['CX310A', 'the part number of a supply, no serial number'],
    ['NPIF6FA4A', 'a host name made from the MAC address, no serial number'],
    ['BRN02504DF6FA4A', 'a host name made from the MAC address, no serial number'],
    ['NPIF6FA4B', null],
    ['0000', 'a placeholder, no serial number'],
    ['TN-423BK', 'the part number of a supply, no serial number'],
    ['CF410X', 'the part number of a supply, no serial number'],
    ['106R01536', 'the part number of a supply, no serial number'],
    ['TNX3012345', null],
  ])('%s: %s', (text, fault) => {
    expect(findSerialFault(text, others)).toBe(fault)
  })
})
