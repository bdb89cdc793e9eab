package main

import (
	"crypto/sha256"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// job is one run of one client.
type job struct {
	work
	place
	home        string // for the client's own files
	local       string // the tree's folder, or for get the folder to put it in
	remote      string // the same on the server, absolute
	connections int
	log         string // the transcript goes there; "" for none
}

// program is one client.
type program struct {
	name    string
	path    string
	able    func(work) bool         // whether it is measured at this
	command func(job) invocation    // without path
	verb    func(log string) string // the command on a line of its transcript, "" for none; nil: it has no transcript
}

// invocation is how a program is called. The password stands in no argument.
type invocation struct {
	args  []string
	env   []string // beside those of hermetic
	input string
}

// programs are those of the machine, Wherry first, and the peers it lacks.
func programs(wherry string) (found []program, missing []string, err error) {
	if wherry, err = exec.LookPath(wherry); err != nil {
		return nil, nil, fmt.Errorf("the program to measure: %w", err)
	}
	if wherry, err = filepath.Abs(wherry); err != nil {
		return nil, nil, err
	}
	found = []program{{"wherry", wherry, func(work) bool { return true }, callWherry, wherryVerb}}
	for _, peer := range []program{
		{"lftp", "", func(work) bool { return true }, callLftp, lftpVerb},
		// It has no notion of trees.
		{"curl", "", func(w work) bool { return w.single && w.segments == 0 }, callCurl, nil},
	} {
		if peer.path, err = exec.LookPath(peer.name); err != nil {
			missing = append(missing, peer.name)
			continue
		}
		found = append(found, peer)
	}
	return found, missing, nil
}

// hermetic is an environment without the person's own settings.
func hermetic(home string) []string {
	return []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC", "HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_CACHE_HOME=" + home}
}

func callWherry(j job) invocation {
	url := fmt.Sprintf("ftp://%s@%s:%d%s", j.server.User, j.host, j.server.Port, j.remote)
	args := []string{"--config", filepath.Join(j.home, "wherry"), "--quiet", "--connections", strconv.Itoa(max(j.connections, j.segments))}
	if j.tls {
		sum := sha256.Sum256(j.server.Certificate.Raw)
		args = append(args, "--tls", "explicit", "--trust", fmt.Sprintf("SHA256:%X", sum))
	} else {
		args = append(args, "--tls", "off")
	}
	if j.log != "" {
		args = append(args, "--log", j.log)
	}
	if j.segments > 0 {
		args = append(args, "--segments", strconv.Itoa(j.segments))
	}
	if j.again {
		args = append(args, "--exists", "newer")
	}
	switch j.do {
	case put:
		args = append(args, "put", j.local, url+"/")
	case get:
		args = append(args, "get", url, j.local+"/")
	case list:
		args = append(args, "ls", url)
	}
	return invocation{args: args, env: []string{"WHERRY_PASSWORD=" + j.server.Password}}
}

// callLftp leaves lftp's settings as they are but for TLS, the number of
// connections, and what would make it try a failure again for minutes.
func callLftp(j job) invocation {
	script := []string{
		"set cmd:fail-exit yes", "set net:max-retries 1", "set ssl:verify-certificate no",
		fmt.Sprintf("set ftp:ssl-allow %t", j.tls), fmt.Sprintf("set ftp:ssl-force %t", j.tls), "set ftp:ssl-protect-data yes",
		fmt.Sprintf("open -u %s,%s -p %d %s", j.server.User, j.server.Password, j.server.Port, j.host),
	}
	if j.log != "" {
		script = append([]string{"debug -o " + j.log + " 5"}, script...)
	}
	name := j.tree.name
	mirror := fmt.Sprintf("mirror --parallel=%d", j.connections)
	if j.again {
		mirror += " --only-newer"
	}
	switch {
	case j.do == list:
		script = append(script, "cls -1 "+j.remote)
	case j.do == put && j.single:
		script = append(script, fmt.Sprintf("mkdir %s/%s", j.remote, name), fmt.Sprintf("mput -O %s/%s %s/*", j.remote, name, j.local))
	case j.do == put:
		script = append(script, fmt.Sprintf("%s -R %s %s/%s", mirror, j.local, j.remote, name))
	case j.segments > 0:
		script = append(script, fmt.Sprintf("pget -n %d -O %s %s/file-000000.dat", j.segments, j.local, j.remote))
	case j.single:
		script = append(script, fmt.Sprintf("mget -O %s %s/*", j.local, j.remote))
	default:
		script = append(script, fmt.Sprintf("%s %s %s/%s", mirror, j.remote, j.local, name))
	}
	return invocation{args: []string{"--norc", "-f", "/dev/stdin"}, input: strings.Join(script, "\n") + "\n"}
}

// callCurl takes the one file of a tree, or lists.
func callCurl(j job) invocation {
	lines := []string{"silent", "show-error", "insecure", fmt.Sprintf("user = %q", j.server.User+":"+j.server.Password)}
	if j.tls {
		lines = append(lines, "ssl-reqd")
	}
	const only = "file-000000.dat"
	target := j.remote + "/"
	switch j.do {
	case put:
		target = path.Join(j.remote, j.tree.name, only)
		lines = append(lines, fmt.Sprintf("upload-file = %q", filepath.Join(j.local, only)), "ftp-create-dirs")
	case get:
		target = path.Join(j.remote, only)
		lines = append(lines, fmt.Sprintf("output = %q", filepath.Join(j.local, only)))
	}
	lines = append(lines, fmt.Sprintf("url = \"ftp://%s:%d/%%2F%s\"", j.host, j.server.Port, strings.TrimPrefix(target, "/")))
	return invocation{args: []string{"--disable", "--config", "-"}, input: strings.Join(lines, "\n") + "\n"}
}
