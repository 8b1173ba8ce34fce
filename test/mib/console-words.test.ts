import { expect, it } from 'vitest'
import { saysAsleep } from '../../src/core/mib/console-words.ts'

it.each([
  'Sleep',
  'Sleeping...',
  'Sleep mode on',
  'Press any key to leave sleep',
  'Power Save',
  'Power Saver',
  'POWERSAVE',
  'Energy saver',
  'Low power mode',
  'Ruhemodus',
  'Ruhezustand',
  'Energiesparmodus',
  'Mise en veille',
  'Reposo',
  'Спящий режим',
  'Ждущий режим',
  'スリープ',
  '省電力モード',
  '节能模式',
])('%s: asleep', (line) => {
  expect(saysAsleep(line)).toBe(true)
})

it.each([
  'Ready',
  'Standby',
  'Sleep timer: 15 min',
  'Sleep after 5 min',
  'Sleep mode: off',
  'Ruhezustand nach 15 Min.',
  'Délai veille : 15 min',
  'スリープ時間 15分',
  'Waking from sleep',
  'Surveiller le niveau',
  'Energy Star',
  'Low power',
])('%s: awake', (line) => {
  expect(saysAsleep(line)).toBe(false)
})
