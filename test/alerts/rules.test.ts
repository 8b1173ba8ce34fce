import { describe, expect, test } from 'vitest'
import { judgeAgentOffline } from '../../src/core/alerts/rules/agent-offline.ts'
import { judgeDeviceError } from '../../src/core/alerts/rules/device-error.ts'
import { judgeDeviceOffline } from '../../src/core/alerts/rules/device-offline.ts'
import { describeSupply, judgeSupplyLevel, nameSupplies } from '../../src/core/alerts/rules/supply-level.ts'
import { at, NOW, percent, sampleAgent, sampleDevice, toner } from './sample-rows.ts'

describe('agent_offline', () => {
  test('is for one that is gone, since it is', () => {
    const gone = sampleAgent({ status: 'offline', status_reason: 'silent', status_since: at(NOW - 5000) })
    expect(judgeAgentOffline(gone)).toMatchObject({
      verdict: 'agent_offline',
      subject: null,
      message: 'agent cellar is offline: it fell silent',
      since: NOW - 5000,
    })
  })

  test('is over for one that answers, at work or not', () => {
    expect(judgeAgentOffline(sampleAgent()).verdict).toBe('none')
    expect(judgeAgentOffline(sampleAgent({ status: 'inactive' })).verdict).toBe('none')
  })

  test('is nothing for one that was never there, or that an admin has barred', () => {
    expect(judgeAgentOffline(sampleAgent({ status: 'offline', last_seen: null })).verdict).toBe('none')
    expect(judgeAgentOffline(sampleAgent({ status: 'offline', revoked: true })).verdict).toBe('none')
  })
})

describe('device_offline', () => {
  const silent = sampleDevice({ status: 'offline', offline_reason: 'wrong_credentials' })

  test('names the printer, its place and why', () => {
    expect(judgeDeviceOffline(silent, false)).toMatchObject({
      verdict: 'device_offline',
      message: 'HP LaserJet M404dn "front desk" (10.0.0.9) does not answer (wrong credentials)',
    })
    expect(judgeDeviceOffline(sampleDevice(), false).verdict).toBe('none')
  })

  test('is neither here nor there while the agent is gone', () => {
    expect(judgeDeviceOffline(silent, true).verdict).toBe('unclear')
    expect(judgeDeviceOffline(sampleDevice(), true).verdict).toBe('unclear')
  })
})

describe('device_error', () => {
  const jammed = sampleDevice({ status: 'error' })
  const alerts = [
    { severity: 'warning', code: 'markerTonerAlmostEmpty', description: 'Toner low' },
    { severity: 'critical', code: 'jam', group: 'mediaPath', description: 'Paper\u001b[31m jam\nin tray 2' },
  ]

  test('the first critical alert is the subject, harmless to read', () => {
    const found = judgeDeviceError(jammed, alerts, false)
    expect(found).toMatchObject({ verdict: 'device_error', subject: 'Paper jam in tray 2', details: { code: 'jam' } })
    expect(found.message).toBe('HP LaserJet M404dn "front desk" (10.0.0.9) has an error: Paper jam in tray 2')
  })

  test('without a word of why it is an error all the same', () => {
    for (const none of [null, [], [{ severity: 'critical', description: 7 }]]) {
      expect(judgeDeviceError(jammed, none, false)).toMatchObject({ verdict: 'device_error', subject: null })
    }
  })

  test('silence does not clear a jam', () => {
    expect(judgeDeviceError(sampleDevice({ status: 'offline' }), alerts, false).verdict).toBe('unclear')
    expect(judgeDeviceError(sampleDevice({ status: null }), alerts, false).verdict).toBe('unclear')
    expect(judgeDeviceError(jammed, alerts, true).verdict).toBe('unclear')
    expect(judgeDeviceError(sampleDevice({ status: 'warning' }), alerts, false).verdict).toBe('none')
  })
})

describe('supply_low and supply_empty', () => {
  test.each([
    [0, null, 'supply_empty'],
    [1, null, 'supply_empty'],
    [2, null, 'supply_low'],
    [10, null, 'supply_low'],
    [11, null, 'none'],
    [14, 'supply_low', 'supply_low'],
    [15, 'supply_low', 'none'],
    [5, 'supply_empty', 'supply_empty'],
    [6, 'supply_empty', 'supply_low'],
    [11, 'supply_empty', 'none'],
  ] as const)('%i %% with %s open is %s', (value, open, verdict) => {
    expect(judgeSupplyLevel(percent(value), open, 10)).toBe(verdict)
  })

  test('words count as words, and what is no level tells nothing', () => {
    const judge = (state: string) => judgeSupplyLevel({ state }, 'supply_low', 10)
    expect(['low', 'empty', 'some', 'unlimited', 'unknown', 'misty'].map(judge)).toEqual([
      'supply_low',
      'supply_empty',
      'none',
      'none',
      'unclear',
      'unclear',
    ])
    for (const odd of [null, -1, 101, Number.NaN]) {
      expect(judgeSupplyLevel({ state: 'percent', percent: odd }, null, 10)).toBe('unclear')
    }
    expect(judgeSupplyLevel(undefined, null, 10)).toBe('unclear')
  })

  test('each supply of a printer has a name of its own', () => {
    const two = { ...toner(percent(1)), index: 4 }
    const subjects = nameSupplies([toner(percent(1)), two, two, {}]).map(({ subject }) => subject)
    expect(subjects).toEqual(['black toner', 'black toner #4', 'black toner (2)', 'supply'])
  })

  test('the sentence says which and how much', () => {
    const [named] = nameSupplies([toner(percent(7))])
    expect(describeSupply(sampleDevice(), named as never, 'supply_low').message).toBe(
      'HP LaserJet M404dn "front desk" (10.0.0.9): black toner is low (7%)',
    )
    const [word] = nameSupplies([toner({ state: 'empty' })])
    expect(describeSupply(sampleDevice(), word as never, 'supply_empty').message).toMatch(/black toner is empty$/)
  })
})
