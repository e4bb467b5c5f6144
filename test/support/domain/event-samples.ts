import fc from "fast-check";
import { z } from "zod";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { EventDefinition } from "../../../src/domain/events/catalogue/define.js";

/** A field in JSON Schema: enough to generate valid and invalid values. */
interface Node {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
}

const nodesOf = ({ fields }: EventDefinition): Node => z.toJSONSchema(z.strictObject(fields)) as Node;

/** Valid values of a field. Throws for a field that accepts anything, because it checks nothing. */
function fitting(node: Node): fc.Arbitrary<unknown> {
  if (node.anyOf !== undefined) return fc.oneof(...node.anyOf.map(fitting));
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  if (node.properties !== undefined) return fc.record(mapped(node.properties, fitting));
  if (node.items !== undefined) return fc.array(fitting(node.items), { maxLength: 4 });
  if (node.type === "string") return fc.string({ unit: "grapheme", maxLength: 20 });
  if (node.type === "integer") return fc.maxSafeInteger();
  if (node.type === "boolean") return fc.boolean();
  if (node.type === "null") return fc.constant(null);
  throw new Error(`Cannot generate values for ${JSON.stringify(node)}.`);
}

/** Any valid event of a definition. */
export const anyOf = (definition: EventDefinition): fc.Arbitrary<TrailEvent> =>
  fitting(nodesOf(definition)).map((fields) => ({ ...(fields as object), type: definition.type }) as TrailEvent);

/** One valid value. */
function sample(node: Node): unknown {
  if (node.anyOf !== undefined) return sample(node.anyOf[0] ?? {});
  if (node.enum !== undefined) return node.enum[0];
  if (node.properties !== undefined) return mapped(node.properties, sample);
  if (node.items !== undefined) return [sample(node.items), sample(node.items)];
  return { string: "word", integer: 7, boolean: true, null: null }[node.type ?? ""];
}

/** The fields of one valid event of a definition. */
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

/** Invalid values, each with a description of the fault. */
function misfits(node: Node): readonly (readonly [fault: string, value: unknown])[] {
  const branches = node.anyOf ?? [node];
  const kinds = branches.map((branch) =>
    branch.enum === undefined ? (branch.type ?? "").replace("array", "list") : "enum",
  );
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

/** The fields of one event with every kind of fault, each with a description of the fault. */
export const misfitsOf = (definition: EventDefinition): readonly (readonly [fault: string, fields: object])[] =>
  objectMisfits(nodesOf(definition).properties ?? {}).map(([fault, fields]) => [fault, fields as object]);

function mapped<T, R>(record: Readonly<Record<string, T>>, to: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
