package ftptest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// account is who the servers log people in as.
type account struct {
	system   string // the system's name for uid
	other    string // another account of the system, the same without root
	group    string // the system's name for gid
	uid, gid int
	user     string // what clients say
	password string
}

func isRoot() bool { return os.Geteuid() == 0 }

// newAccount chooses the person who runs the tests or, for root, one of the
// accounts that every Unix has, so that the servers' file permissions mean
// something. nobody will not do: vsftpd wants an existing home folder.
func newAccount() (account, error) {
	secret := make([]byte, 8)
	if _, err := rand.Read(secret); err != nil {
		return account{}, err
	}
	a := account{user: "sailor", password: "Tide-" + hex.EncodeToString(secret)}
	if !isRoot() {
		u, err := user.Current()
		if err != nil {
			return account{}, err
		}
		a.other = u.Username
		return a.as(u)
	}
	var able []*user.User
	for _, name := range []string{"daemon", "bin", "mail", "games"} {
		u, err := user.Lookup(name)
		if err != nil || u.Uid == "0" {
			continue
		}
		if info, err := os.Stat(u.HomeDir); err == nil && info.IsDir() {
			able = append(able, u)
		}
	}
	if len(able) < 2 {
		return account{}, errors.New("fewer than two of the accounts daemon, bin, mail and games have a home folder")
	}
	a.other = able[1].Username
	return a.as(able[0])
}

func (a account) as(u *user.User) (account, error) {
	var err error
	if a.uid, err = strconv.Atoi(u.Uid); err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	if a.gid, err = strconv.Atoi(u.Gid); err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return account{}, err
	}
	a.system, a.group = u.Username, g.Name
	return a, nil
}

// crypt is the password's hash for the servers' account files.
func (a account) crypt() string { return md5Crypt(a.password, "wherry") }
