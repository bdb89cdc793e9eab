package ftptest

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// netnsFolder is where iproute2 keeps its namespaces (ip-netns(8)).
const netnsFolder = "/run/netns"

const namePrefix = "wherry-"

// networkName is unique, and names the process by what no other process ever
// has: its number and when it began.
func networkName() (string, error) {
	began, err := processBegan(os.Getpid())
	if err != nil {
		return "", err
	}
	tail := make([]byte, 4)
	if _, err := rand.Read(tail); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s%d-%s-%s", namePrefix, os.Getpid(), began, hex.EncodeToString(tail)), nil
}

// processBegan is field 22 of proc(5)'s stat, in the kernel's ticks. The
// second field may hold spaces and ends at the last parenthesis.
func processBegan(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 {
		return "", fmt.Errorf("/proc/%d/stat is %q", pid, stat)
	}
	return fields[19], nil
}

// sweepNetworks removes networks whose process is gone.
func sweepNetworks() error {
	names, err := filepath.Glob(filepath.Join(netnsFolder, namePrefix+"*"))
	if err != nil {
		return err
	}
	var faults []error
	for _, path := range names {
		parts := strings.Split(filepath.Base(path), "-")
		if len(parts) != 5 {
			continue // not one of ours
		}
		pid, err := strconv.Atoi(parts[1])
		if err != nil {
			continue
		}
		if began, err := processBegan(pid); err == nil && began == parts[2] {
			continue
		}
		faults = append(faults, deleteSpace(filepath.Base(path)))
	}
	return errors.Join(faults...)
}

// deleteSpace ends who is still in a namespace and deletes it; it is content
// where that is gone already. Sessions of servers leave their process group,
// and wait for minutes where no packet tells them that their client is gone.
func deleteSpace(name string) error {
	pids, err := exec.Command("ip", "netns", "pids", name).Output()
	if err == nil {
		for pid := range strings.FieldsSeq(string(pids)) {
			if n, err := strconv.Atoi(pid); err == nil {
				_ = unix.Kill(n, unix.SIGKILL) // it may have ended by itself
			}
		}
	}
	err = ip("", "netns del "+name)
	if _, gone := os.Stat(filepath.Join(netnsFolder, name)); errors.Is(gone, os.ErrNotExist) {
		return nil
	}
	return err
}

// ip runs commands of ip(8) in a namespace, "" for this one.
func ip(space string, commands ...string) error {
	args := []string{"-batch", "-"}
	if space != "" {
		args = append([]string{"-n", space}, args...)
	}
	return feed(strings.Join(commands, "\n")+"\n", "ip", args...)
}

func feed(input, program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s(of %q)", program, err, out, input)
	}
	return nil
}

// inside runs work on a thread that is in the namespace: sockets it makes and
// processes it starts are in there. Work must not end its goroutine and must
// not leave the opening of sockets to others.
func inside(space string, work func() error) error {
	if space == "" {
		return work()
	}
	there, err := os.Open(filepath.Join(netnsFolder, space))
	if err != nil {
		return err
	}
	defer there.Close()
	done := make(chan error, 1)
	go func() {
		// A thread that cannot be brought back ends with this goroutine.
		runtime.LockOSThread()
		here, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			done <- err
			return
		}
		defer here.Close()
		if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("entering %s: %w", space, err)
			return
		}
		err = work()
		if unix.Setns(int(here.Fd()), unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
		done <- err
	}()
	return <-done
}
