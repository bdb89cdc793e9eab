//go:build !linux

package localfs

const unnamed = 0
