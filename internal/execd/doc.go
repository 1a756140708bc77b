// Package execd runs many plugin blocks as one external plugin of Telegraf.
//
// Telegraf's shim (plugins/common/shim) turns a telegraf.Input into a program for inputs.execd, but it takes one input, sends
// every log line to Telegraf as an error, and writes each metric with a system call of its own. Here it keeps
// what it is good at, the prompts on standard input and the signals, and is given one input, Blocks, that gathers all blocks at the same
// time and writes their points in a few large writes.
//
// # The end of the program
//
// Telegraf closes standard input and expects the program to end. A gather in flight gets a second to finish, then
// what is still on its way is given up; what was read is written. The program stays for a moment after the last write, because
// Telegraf closes the pipe as soon as the process is gone and loses what it has not read by then. All of this stays below two
// seconds, also while a server hangs or Telegraf does not read.
package execd
