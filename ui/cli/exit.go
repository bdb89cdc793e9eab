package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wherry/sync/vfs"
	"wherry/ui/words"
)

// The exit codes; scripts rely on them.
const (
	exitOK          = 0
	exitFailed      = 1   // at least one file failed or was skipped against the person's wish
	exitUsage       = 2   // the command cannot be understood
	exitConnect     = 3   // cannot connect, or no FTP server there
	exitLogin       = 4   // login refused
	exitUnsafe      = 5   // TLS refused, certificate not trusted
	exitNoData      = 6   // connected, but no data connection
	exitInterrupted = 130 // Ctrl-C, as shells count it
)

// usageError is a command that cannot be understood; command names the help
// to read. remedy is our own words, which are not searched for a login: what
// looks like one may begin in the message.
type usageError struct{ command, message, remedy string }

func (e *usageError) Error() string { return e.message }

func usagef(command, format string, args ...any) error {
	return &usageError{command: command, message: fmt.Sprintf(format, args...)}
}

// connectError marks what failed before work could begin, the site's own
// commands after the login included: that is "cannot connect", and not a failed
// file.
type connectError struct{ error }

func (e *connectError) Unwrap() error { return e.error }

// hereError marks what is about a file of this computer, where advice about
// servers is of no use.
type hereError struct{ error }

func (e *hereError) Unwrap() error { return e.error }

// reportedError ends a command whose failures were told already.
type reportedError struct{ code int }

func (e *reportedError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// kindCode is the exit code of a failure by its Kind. connecting tells that
// no work could begin yet.
func kindCode(kind vfs.Kind, connecting bool) int {
	switch kind {
	case vfs.KindHost, vfs.KindRefused, vfs.KindNotFTP, vfs.KindProxyLogin:
		return exitConnect
	case vfs.KindTimeout, vfs.KindLost, vfs.KindBusy, vfs.KindProtocol, vfs.KindUnsupported: // the last of a command after the login
		if connecting {
			return exitConnect
		}
	case vfs.KindLogin:
		return exitLogin
	case vfs.KindTLS, vfs.KindCert:
		return exitUnsafe
	case vfs.KindNoData:
		return exitNoData
	case vfs.KindCancelled:
		return exitInterrupted
	}
	return exitFailed
}

// finish reports err, unless that was done, and returns the exit code.
func (a *app) finish(ctx context.Context, err error) int {
	var usage *usageError
	var reported *reportedError
	var connecting *connectError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &reported):
		return reported.code
	case errors.As(err, &usage):
		message := strings.TrimSpace(words.Safe(usage.message) + " " + usage.remedy)
		if !strings.HasSuffix(message, ".") && !strings.HasSuffix(message, "?") {
			message += "."
		}
		a.say("wherry: %s\nRun `%s --help` for what it takes, with examples.",
			message, usage.command)
		return exitUsage
	case ctx.Err() != nil || vfs.KindOf(err) == vfs.KindCancelled:
		if !a.told {
			a.say("wherry: Interrupted.")
		}
		return exitInterrupted
	}
	a.explain(err)
	return kindCode(vfs.KindOf(err), errors.As(err, &connecting))
}

// explain writes a failure and its remedy.
func (a *app) explain(err error) {
	var here *hereError
	if errors.As(err, &here) {
		a.advise(words.Here(here.error))
		return
	}
	a.advise(words.Of(err, words.CommandLine))
}

func (a *app) advise(w words.Words) {
	a.say("wherry: %s", w.Title)
	if w.Remedy != "" {
		a.say("        %s", w.Remedy)
	}
}
