// Package vfs says what a file system is to Wherry.
//
// It exists so that "this computer" and "a site" are one thing to everything
// above: panes, the queue, the command line and the comparison of trees all
// speak to FS and never ask which kind they hold (promise 7, "both panes are
// equal"). It imports the standard library only, holds no state and starts no
// goroutine.
//
// Four types carry the contract: Path (a validated absolute name), Entry (one
// listed thing), FS (the operations) and Error (what was tried, on what, and a
// Kind that callers branch on). The suite in vfs/vfstest proves an
// implementation against the texts here.
package vfs
