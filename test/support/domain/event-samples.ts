import fc from "fast-check";
import { z } from "zod";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { EventDefinition } from "../../../src/domain/events/catalogue/define.js";

/** A field as JSON Schema tells it: enough to make values that fit, and values that do not. */
interface Node {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
}

const nodesOf = ({ fields }: EventDefinition): Node => z.toJSONSchema(z.strictObject(fields)) as Node;

/** Values that fit a field. Throws for a field that takes anything: such a field checks nothing. */
function fitting(node: Node): fc.Arbitrary<unknown> {
  if (node.anyOf !== undefined) return fc.oneof(...node.anyOf.map(fitting));
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  if (node.properties !== undefined) return fc.record(mapped(node.properties, fitting));
  if (node.items !== undefined) return fc.array(fitting(node.items), { maxLength: 4 });
  if (node.type === "string") return fc.string({ unit: "grapheme", maxLength: 20 });
  if (node.type === "integer") return fc.maxSafeInteger();
  if (node.type === "boolean") return fc.boolean();
  if (node.type === "null") return fc.constant(null);
  throw new Error(`No values are known for ${JSON.stringify(node)}.`);
}

/** Any event of that definition. */
export const anyOf = (definition: EventDefinition): fc.Arbitrary<TrailEvent> =>
  fitting(nodesOf(definition)).map((fields) => ({ ...(fields as object), type: definition.type }) as TrailEvent);

/** One value that fits. */
function sample(node: Node): unknown {
  if (node.anyOf !== undefined) return sample(node.anyOf[0] ?? {});
  if (node.enum !== undefined) return node.enum[0];
  if (node.properties !== undefined) return mapped(node.properties, sample);
  if (node.items !== undefined) return [sample(node.items), sample(node.items)];
  return { string: "word", integer: 7, boolean: true, null: null }[node.type ?? ""];
}

/** The fields of one event of that definition. */
export const sampleOf = (definition: EventDefinition): Record<string, unknown> =>
  mapped(nodesOf(definition).properties ?? {}, sample);

const KINDS: readonly (readonly [kind: string, value: unknown])[] = [
  ["string", "no such word"],
  ["integer", 7],
  ["fraction", 1.5],
  ["boolean", true],
  ["null", null],
  ["list", []],
  ["object", {}],
];

/** Values that do not fit, each with what is wrong with it. */
function misfits(node: Node): readonly (readonly [fault: string, value: unknown])[] {
  const branches = node.anyOf ?? [node];
  const kinds = branches.map((one) => (one.enum === undefined ? (one.type ?? "").replace("array", "list") : "enum"));
  const others = KINDS.filter(([kind]) => !kinds.includes(kind)).map(([kind, value]) => [`a ${kind}`, value] as const);
  return [...others, ...branches.flatMap(insideMisfits)];
}

function insideMisfits(node: Node): readonly (readonly [string, unknown])[] {
  if (node.items !== undefined) {
    const good = sample(node.items);
    return misfits(node.items).flatMap(([fault, bad]) => [
      [`a list that begins with ${fault}`, [bad, good, good]],
      [`a list that ends with ${fault}`, [good, good, bad]],
    ]);
  }
  return node.properties === undefined ? [] : objectMisfits(node.properties);
}

function objectMisfits(properties: Readonly<Record<string, Node>>): readonly (readonly [string, unknown])[] {
  const good = mapped(properties, sample);
  return [
    ["an object with a field too many", { ...good, extra: 1 }],
    ...Object.entries(properties).flatMap(([name, field]) => {
      const { [name]: _, ...without } = good;
      const wrong = misfits(field).map(([fault, bad]) => [`${fault} as ${name}`, { ...good, [name]: bad }] as const);
      return [[`an object without ${name}`, without] as const, ...wrong];
    }),
  ];
}

/** The fields of one event in every way that its definition forbids, each with what is wrong. */
export const misfitsOf = (definition: EventDefinition): readonly (readonly [fault: string, fields: object])[] =>
  objectMisfits(nodesOf(definition).properties ?? {}).map(([fault, fields]) => [fault, fields as object]);

function mapped<T, R>(record: Readonly<Record<string, T>>, to: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
