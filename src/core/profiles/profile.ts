import Type from 'typebox'
import { COUNTER_NAMES, type CounterName, SUPPLY_KINDS, type SupplyKind } from '../model/printer.ts'

/**
 * What one maker's devices do differently from the standards, as data. Everything in it only adds: without a profile a
 * printer is read from the Printer-MIB and Host-Resources alone. The same schema holds for the profiles that come with
 * the program and for a user's own (JSON files in `[profiles] directory`).
 */

const OID = Type.String({ pattern: '^[0-2](\\.\\d{1,10}){1,127}$', description: 'dotted, no leading dot' })
const INSTANCE = Type.String({
  pattern: '^[0-2](\\.\\d{1,10}){1,127}(\\.\\{d\\})?$',
  description: 'an object with its instance; {d} at the end stands for hrDeviceIndex',
})
const EXACT = { additionalProperties: false }

/** Where the value of a field may stand; the first source that gives an acceptable value wins. */
const SourceSchema = Type.Union([
  Type.Object(
    {
      oid: INSTANCE,
      after: Type.Optional(
        Type.Union([Type.String({ maxLength: 64 }), Type.Array(Type.String({ maxLength: 64 }), { minItems: 1 })], {
          description: 'take the text behind this, or behind these one after the other',
        }),
      ),
      before: Type.Optional(Type.String({ maxLength: 64, description: 'take the text up to this' })),
    },
    EXACT,
  ),
  Type.Object(
    {
      ieee1284: Type.Union([Type.Literal('manufacturer'), Type.Literal('model'), Type.Literal('serial')], {
        description: 'a key of the IEEE 1284 device id, wherever the device keeps that',
      }),
    },
    EXACT,
  ),
])
export type Source = Type.Static<typeof SourceSchema>

export const IDENTITY_FIELDS = ['model', 'serial', 'firmware', 'asset_number', 'ieee1284_id'] as const
export type IdentityField = (typeof IDENTITY_FIELDS)[number]

const SourceListsSchema = Type.Object(
  Object.fromEntries(
    IDENTITY_FIELDS.map((field) => [field, Type.Optional(Type.Array(SourceSchema, { minItems: 1 }))]),
  ) as {
    [F in IdentityField]: Type.TOptional<Type.TArray<typeof SourceSchema>>
  },
  EXACT,
)

const COUNTER_NAME = Type.Unsafe<CounterName>({ type: 'string', enum: [...COUNTER_NAMES] })

const CounterSourceSchema = Type.Union([
  Type.Object(
    {
      name: COUNTER_NAME,
      oid: INSTANCE,
      record: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 255, description: 'the value of this id in a string of 7-byte records' }),
      ),
    },
    EXACT,
  ),
  Type.Object(
    {
      name: COUNTER_NAME,
      sum: Type.Array(INSTANCE, { minItems: 1, description: 'added up; nothing when one of them is missing' }),
      and_if_there: Type.Optional(
        Type.Array(INSTANCE, { description: 'added as well, where the device has the function that they count' }),
      ),
    },
    EXACT,
  ),
  Type.Object(
    {
      name: COUNTER_NAME,
      labels: OID,
      values: OID,
      label: Type.Array(Type.Union([Type.Integer(), Type.String({ minLength: 1 })]), {
        minItems: 1,
        description: 'the rows to add up; nothing when the table lacks one of them, or has it twice',
      }),
    },
    { ...EXACT, description: 'two columns of a table: what each row counts, and its count' },
  ),
])
export type CounterSource = Type.Static<typeof CounterSourceSchema>

const KindsSchema = Type.Array(Type.Unsafe<SupplyKind>({ type: 'string', enum: [...SUPPLY_KINDS] }), { minItems: 1 })

/** A level of the maker's own, for a supply of which the Printer-MIB only says "some". */
const SupplyLevelSchema = Type.Union([
  Type.Object(
    {
      kinds: KindsSchema,
      color: Type.String({ description: 'the colour of the one supply that is meant' }),
      oid: INSTANCE,
      record: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 255, description: 'id in a string of 7-byte records' }),
      ),
      divisor: Type.Integer({ minimum: 1, description: 'the value divided by this is per cent' }),
    },
    EXACT,
  ),
  Type.Object(
    {
      kinds: KindsSchema,
      names: OID,
      levels: OID,
      empty: Type.Optional(Type.Integer({ description: 'the level that stands for empty' })),
    },
    { ...EXACT, description: 'two columns of a table: names, by which the colour is known, and per cent' },
  ),
])
export type SupplyLevelSource = Type.Static<typeof SupplyLevelSchema>

const WHY = {
  reason: Type.String({ minLength: 10, description: 'what the devices do wrong, and where that was seen' }),
  shown_by: Type.Array(Type.String(), {
    description: 'recordings (test/recordings) whose expected output changes without it; a test sees to it',
  }),
}

/** What a maker's devices do wrong, as one of the kinds that the program knows how to put right. */
const WorkaroundSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('level_means_empty'),
      level: Type.Integer({ maximum: -4, description: 'prtMarkerSuppliesLevel by which they mean empty' }),
      ...WHY,
    },
    EXACT,
  ),
  Type.Object(
    {
      kind: Type.Literal('levels_in_steps'),
      step_percent: Type.Integer({ minimum: 1, maximum: 99, description: 'the coarsest step that the levels move in' }),
      models: Type.Optional(
        Type.Array(Type.String({ minLength: 2 }), {
          minItems: 1,
          description: 'only of models whose name has one of these in it',
        }),
      ),
      ...WHY,
    },
    EXACT,
  ),
  Type.Object(
    {
      kind: Type.Literal('avoid_private_objects'),
      models: Type.Array(Type.String({ minLength: 3 }), {
        minItems: 1,
        description: 'models (as hrDeviceDescr or sysDescr names them) that restart when private objects are polled',
      }),
      ...WHY,
    },
    EXACT,
  ),
])
export type Workaround = Type.Static<typeof WorkaroundSchema>

/** The workaround of one kind that a profile has. */
export function findWorkaround<K extends Workaround['kind']>(
  profile: Profile | null,
  kind: K,
): Extract<Workaround, { kind: K }> | undefined {
  return profile?.workarounds?.find((each): each is Extract<Workaround, { kind: K }> => each.kind === kind)
}

export const ProfileSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$', description: 'lower case, unique' }),
    manufacturer: Type.String({ minLength: 1, maxLength: 64, description: 'the maker, as it is written on the box' }),
    sys_object_ids: Type.Array(OID, {
      minItems: 1,
      description: 'prefixes of sysObjectID that choose this profile; the longest prefix of all profiles wins',
    }),
    printer_products: Type.Optional(
      Type.Array(OID, { description: 'prefixes of sysObjectID that the maker gives to printers alone' }),
    ),
    presence: Type.Optional(Type.Array(OID, { description: "objects that the maker's printers alone have" })),
    before_standard: Type.Optional(SourceListsSchema),
    after_standard: Type.Optional(SourceListsSchema),
    supply_levels: Type.Optional(Type.Array(SupplyLevelSchema)),
    workarounds: Type.Optional(Type.Array(WorkaroundSchema)),
    counters: Type.Optional(
      Type.Array(CounterSourceSchema, {
        description: 'read beside the standard life count, which stays the page count where it is there',
      }),
    ),
  },
  EXACT,
)
export type Profile = Type.Static<typeof ProfileSchema>
