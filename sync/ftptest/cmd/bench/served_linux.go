package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// tick is the unit of processor times in /proc, proc_pid_stat(5): USER_HZ is
// 100 for every program on Linux.
const tick = time.Second / 100

// adopt makes this process the parent of every session that outlives the
// process which began it. vsftpd's do, and what nobody waits for stays in /proc
// with its times until this program ends.
func adopt() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// served is the processor time, user and system, of all that this program has
// started and not waited for, which is the servers with their sessions, and how
// many of these live. A session counts up to 10 ms too little.
func served() (spent time.Duration, living int, err error) {
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return 0, 0, err
	}
	all := map[int]status{}
	for _, p := range processes {
		id, err := strconv.Atoi(p.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile("/proc/" + p.Name() + "/stat")
		if err != nil {
			continue // it has ended meanwhile
		}
		if all[id], err = parseStatus(text); err != nil {
			return 0, 0, err
		}
	}
	for id, s := range all {
		if !below(all, id, os.Getpid()) {
			continue
		}
		spent += time.Duration(s.ticks) * tick
		if s.state != 'Z' {
			living++
		}
	}
	return spent, living, nil
}

// status is what one process's stat tells.
type status struct {
	state  byte
	parent int
	ticks  int // its own and those of the children that it has waited for
}

// parseStatus reads the fields behind the name, which can hold anything.
func parseStatus(text []byte) (status, error) {
	const state, parent, first, last = 0, 1, 11, 14 // behind the name; utime to cstime
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) <= last {
		return status{}, fmt.Errorf("/proc: %q is no process's status", text)
	}
	s := status{state: fields[state][0]}
	var err error
	if s.parent, err = strconv.Atoi(string(fields[parent])); err != nil {
		return s, err
	}
	for _, field := range fields[first : last+1] {
		n, err := strconv.Atoi(string(field))
		if err != nil {
			return s, err
		}
		s.ticks += n
	}
	return s, nil
}

// below tells whether top has begun a process, or one above it.
func below(all map[int]status, id, top int) bool {
	for range len(all) {
		s, known := all[id]
		if !known {
			return false
		}
		if s.parent == top {
			return true
		}
		id = s.parent
	}
	return false
}
