package main

import (
	"fmt"
	"strings"
	"time"
)

// oneWay is the delay of the far server's link in each direction.
const oneWay = 25 * time.Millisecond

// farFile is the size in bytes of the one file that comes from far away.
const farFile = 200 << 20

// work is what the clients are asked to do: a row of the table.
type work struct {
	name   string // for -row
	title  string
	tree   tree // what is moved or listed
	do     verb
	tls    bool
	far    bool // over the delayed link
	single bool // one connection is all it takes, but for segments
	again  bool // all of it stands there already, and is left by the rule newer
	// segments is over how many connections one file is read, 0 for one.
	segments int
	goal     goal
}

// verb is one of a client's arts.
type verb int

const (
	put verb = iota
	get
	list
)

// goal is what Wherry wants to reach; 0 stands for no goal.
type goal struct {
	time  float64 // at most so much of the fastest peer's time
	cpu   float64 // at most so much of that peer's processor time
	trips float64 // round trips a file, at most
	mib   float64 // peak memory, at most
}

// works are the rows of the table in their order. big is in bytes, distant is
// how many files are moved over the delayed link.
func works(big int64, distant int) []work {
	var all []work
	for _, secure := range []bool{false, true} {
		for _, do := range []verb{get, put} {
			name, title := label("big", "1 file of "+size(big)+",", do, secure)
			all = append(all, work{
				name: name, title: title, tree: bigFile(big), do: do, tls: secure, single: true,
				goal: goal{time: 1, cpu: 1, mib: 60},
			})
		}
	}
	for _, do := range []verb{put, get} {
		name, title := label("small", "2,000 files of 1-8 KiB in 40 folders,", do, false)
		all = append(all, work{name: name, title: title, tree: smallFiles(), do: do, goal: goal{time: 1 / 1.5, mib: 60}})
	}
	for _, secure := range []bool{false, true} {
		for _, do := range []verb{put, get} {
			name, title := label("far", fmt.Sprintf("%d files of 1 KiB, 50 ms away,", distant), do, secure)
			g := goal{time: 1 / 2.5, trips: 3, mib: 60}
			if do == get {
				g.time = 1. / 2
			}
			if secure {
				g.trips = 4
			}
			all = append(all, work{name: name, title: title, tree: tinyFiles(distant), do: do, tls: secure, far: true, goal: g})
		}
	}
	for _, do := range []verb{put, get} {
		name, title := label("again", fmt.Sprintf("%d files of 1 KiB that are there already, 50 ms away,", distant), do, false)
		all = append(all, work{name: name, title: title, tree: tinyFiles(distant), do: do, far: true, again: true, goal: goal{time: 1, mib: 60}})
	}
	for _, n := range []int{0, 4} {
		name, title := label("far-big", "1 file of "+size(farFile)+", 50 ms away,", get, false)
		if n > 0 {
			name, title = fmt.Sprintf("%s-%d", name, n), fmt.Sprintf("%s over %d connections", title, n)
		}
		all = append(all, work{name: name, title: title, tree: bigFile(farFile), do: get, far: true, single: true, segments: n, goal: goal{mib: 60}})
	}
	// lftp in the quickest of its ways that knows the entries, cls -1.
	return append(all, work{
		name: "list", title: "a folder of 100,000 files, list", tree: crowd(), do: list, single: true,
		goal: goal{time: 1, mib: 80},
	})
}

func label(name, title string, do verb, secure bool) (string, string) {
	word := map[verb]string{put: "put", get: "get"}[do]
	name, title = name+"-"+word, title+" "+word
	if secure {
		return name + "-tls", title + ", TLS 1.3"
	}
	return name, title
}

// names lists the works for the help.
func names(all []work) string {
	var b []string
	for _, w := range all {
		b = append(b, w.name)
	}
	return strings.Join(b, ", ")
}
