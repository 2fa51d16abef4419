#!/usr/bin/env node
/** Entry of the command line. */
import { setFlagsFromString } from "node:v8";
import { main } from "./main.ts";

// Live data stays near 60 MB; V8 would let its young generation grow to more than that again on a machine with much memory.
setFlagsFromString("--semi-space-growth-factor=1");
await main(process.argv.slice(2));
