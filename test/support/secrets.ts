import { fill, randomOf } from "../domain/text/labelled/fill.js";

/** Certainly a secret: refused wherever it is typed. Made at run time, so that nothing that scans repositories alarms. */
export const TOKEN = fill("ghp_{A36}", randomOf("a token of the tests"));

/** Certainly a secret of another provider. */
export const ACCESS_KEY = fill("AKIA{216}", randomOf("a key of the tests"));

/** Merely looks like a secret: asked about once. */
export const LIKENESS = "password=hunter2";
