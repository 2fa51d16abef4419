/**
 * An assembler for the few instructions of classic BPF that a seccomp filter needs. Programs are blocks: a test holds the
 * block that runs when it is true, so that there are no jump targets to get wrong.
 * @see https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
 */

interface Instruction {
  readonly code: number;
  /** Instructions skipped when a test is true, and when it is false. */
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly operand: number;
}
export type Block = readonly Instruction[];

const LOAD_WORD = 0x20;
const RETURN = 0x06;
const TESTS = { equal: 0x15, greater: 0x25, atLeast: 0x35, anyBit: 0x45 } as const;
/** A jump is held in a byte. */
const LONGEST_BLOCK = 255;
const INSTRUCTION_BYTES = 8;

/** Loads 32 bits of the kernel's `struct seccomp_data`, from this byte on, for the tests that follow. */
export function load(offset: number): Block {
  return [{ code: LOAD_WORD, whenTrue: 0, whenFalse: 0, operand: offset }];
}

/** Ends the program with a verdict. */
export function verdict(value: number): Block {
  return [{ code: RETURN, whenTrue: 0, whenFalse: 0, operand: value }];
}

/** Runs a block when what was loaded stands in this relation to the operand. @throws RangeError for too long a block */
export function when(test: keyof typeof TESTS, operand: number, block: Block): Block {
  if (block.length > LONGEST_BLOCK) throw new RangeError(`a block of ${block.length} instructions is too long to skip`);
  return [{ code: TESTS[test], whenTrue: 0, whenFalse: block.length, operand }, ...block];
}

/** The program as the kernel reads it: `struct sock_filter`, little-endian. */
export function assemble(program: Block): Buffer {
  const bytes = Buffer.alloc(program.length * INSTRUCTION_BYTES);
  for (const [index, { code, whenTrue, whenFalse, operand }] of program.entries()) {
    const at = index * INSTRUCTION_BYTES;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(whenTrue, at + 2);
    bytes.writeUInt8(whenFalse, at + 3);
    bytes.writeUInt32LE(operand >>> 0, at + 4);
  }
  return bytes;
}
