import { PRT_MARKER_SUPPLIES_TYPE } from '../mib/iana-printer.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import { kindOfName } from '../mib/supply-words.ts'
import type { Evidence, Level, Supply } from '../model/printer.ts'
import { findWorkaround, type Profile } from '../profiles/profile.ts'
import { ABSENT, LEVEL_CODES, type Look, OBJECT_NAMES, unread } from './explain-fields.ts'
import { levelOf } from './level.ts'
import { findPrivateLevel, type PrivateLevel, privateSources } from './private-level.ts'
import { colorOf, kindOf } from './supplies.ts'

export function explainKind(look: Look, { index, kind, name }: Supply): Evidence {
  const typeOid = look.at(PRINTER_MIB.prtMarkerSuppliesType, index)
  const type = look.number(PRINTER_MIB.prtMarkerSuppliesType, index)
  const word = type === null ? undefined : (PRT_MARKER_SUPPLIES_TYPE as Record<number, string>)[type]
  const says = `prtMarkerSuppliesType ${type === null ? 'is not there' : `${type} is ${word ?? 'no registered number'}`}`
  if (word !== undefined && kindOf(type, null) !== 'other') return look.read('kind', kind, typeOid, says)
  const byName = kindOfName(name ?? '')
  if (byName === null) return look.read('kind', kind, typeOid, `${says}, and its name says no more`)
  const nameOid = look.at(PRINTER_MIB.prtMarkerSuppliesDescription, index)
  return look.read('kind', kind, nameOid, 'by the words of its name', [look.tried(typeOid, `${says}, no kind`)])
}

export function explainColor(look: Look, { index, color }: Supply): Evidence {
  const pointerOid = look.at(PRINTER_MIB.prtMarkerSuppliesColorantIndex, index)
  const pointer = look.number(PRINTER_MIB.prtMarkerSuppliesColorantIndex, index)
  const colorant = pointer === null ? undefined : look.cell(PRINTER_MIB.prtMarkerColorantValue, pointer)
  if (color !== null && colorant && colorOf(look.tables, look.device, pointer) === color)
    return look.read('color', color, colorant.oid, `colorant ${pointer}, which the supply points to`)
  const tried = colorant
    ? look.tried(colorant.oid, `colorant ${pointer}, which the supply points to: no colour`)
    : look.tried(pointerOid, pointer === null ? ABSENT : `${pointer} points to no colorant`)
  const nameOid = look.at(PRINTER_MIB.prtMarkerSuppliesDescription, index)
  if (color !== null) return look.read('color', color, nameOid, 'by the words of its name', [tried])
  const named = look.tried(nameOid, 'its words are not those of one colour')
  return { ...unread('color', color, 'neither colorant nor name say one'), tried: [tried, named] }
}

/** The columns of a level and of what is full. */
interface LevelColumns {
  level: string
  maximum: string
}

const SUPPLY_LEVEL: LevelColumns = {
  level: PRINTER_MIB.prtMarkerSuppliesLevel,
  maximum: PRINTER_MIB.prtMarkerSuppliesMaxCapacity,
}

export function explainSupplyLevel(look: Look, supply: Supply, profile: Profile | null): Evidence {
  const { index, level } = supply
  const levelOid = look.at(SUPPLY_LEVEL.level, index)
  const number = look.number(SUPPLY_LEVEL.level, index)
  const unit = look.number(PRINTER_MIB.prtMarkerSuppliesSupplyUnit, index)
  const standard = levelOf(look.number(SUPPLY_LEVEL.maximum, index), number, unit)
  const own = profile && findPrivateLevel(look.tables, profile, supply)
  if (standard.state === level.state && standard.percent === level.percent) {
    const isSaid = level.state !== 'some' && level.state !== 'unknown'
    const sources = profile && !isSaid ? privateSources(profile, supply) : []
    const reason = own ? 'does not say which of the supplies it means' : 'says no level of it'
    const oids = new Set(sources.map((source) => ('names' in source ? source.levels : source.oid)))
    const tried = [...oids].map((oid) => look.tried(oid, reason))
    return { ...explainLevel(look, index, level, SUPPLY_LEVEL), tried }
  }
  const workaround = findWorkaround(profile, 'level_means_empty')
  if (level.state === 'empty' && number === workaround?.level)
    return look.read('level', level, levelOid, `${number} is empty here: ${workaround.reason}`)
  const passed = look.tried(levelOid, wordLevel(look, index, standard, SUPPLY_LEVEL))
  if (!own) return { ...unread('level', level, "an object of the maker's says it"), tried: [passed] }
  return look.read('level', level, own.oid, wordPrivateLevel(own), [passed])
}

export function explainLevel(look: Look, row: number, level: Level, columns: LevelColumns): Evidence {
  return look.read('level', level, look.at(columns.level, row), wordLevel(look, row, level, columns))
}

function wordLevel(look: Look, row: number, level: Level, columns: LevelColumns): string {
  const object = OBJECT_NAMES.get(columns.level)
  const number = look.number(columns.level, row)
  const maximum = look.number(columns.maximum, row)
  if (number === null) return `${object} is ${ABSENT}`
  const step = level.step_percent === undefined ? '' : `; its gauge moves in steps of ${level.step_percent} %`
  if (level.state !== 'percent')
    return `${object} ${LEVEL_CODES[number] ?? `${number} of ${maximum ?? 'nothing'} is no level`}`
  if (maximum === null || maximum <= 0) return `${object} ${number}, and its unit is per cent${step}`
  return `${object} ${number} of ${maximum}${number > maximum ? ': taken for full' : ''}${step}`
}

function wordPrivateLevel({ level, number, source, name }: PrivateLevel): string {
  if ('names' in source) {
    const row = `in the maker's row that is named ${JSON.stringify(name)}`
    return level.state === 'empty' ? `${number} stands for empty, ${row}` : `${number} %, ${row}`
  }
  return `${wordOwn(source.record)}: ${number}${source.divisor === 1 ? ' %' : ` in 1/${source.divisor} %`}`
}

/** `record 0x6f of the maker's object` */
export function wordOwn(record: number | undefined): string {
  const of = record === undefined ? '' : `record 0x${record.toString(16).padStart(2, '0')} of `
  return `${of}the maker's object`
}
