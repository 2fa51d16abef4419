#!/usr/bin/env node
/** Entry of the command line. */
import { holdHeap } from "../heap.ts";
import { main } from "./main.ts";

holdHeap();
await main(process.argv.slice(2));
