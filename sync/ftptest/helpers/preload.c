/* Loaded before vsftpd and Pure-FTPd (LD_PRELOAD), which otherwise need files
 * in /etc/pam.d, or more rights than a container or a person at a desk has.
 *
 * PAM: vsftpd takes logins from PAM alone. One account, named in the
 * environment, is known here.
 *
 * Rights: Pure-FTPd ends when it cannot choose its capabilities, as in a
 * container. Built with UNPRIVILEGED it is also told that it is root and may
 * become somebody else; it then stays who it is. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <grp.h>
#include <unistd.h>

struct pam_message { int style; const char *text; };
struct pam_response { char *text; int code; };
struct pam_conv {
	int (*ask)(int, const struct pam_message **, struct pam_response **, void *);
	void *data;
};

enum { OK = 0, REFUSED = 7, ECHO_OFF = 1 };

static const struct pam_conv *conversation;
static const char *user, *wanted_user, *wanted_password, *settings;

__attribute__((constructor)) static void remember(void)
{
	/* The server may empty its environment before a login. */
	wanted_user = getenv("FTPTEST_USER");
	wanted_password = getenv("FTPTEST_PASSWORD");
	settings = getenv("FTPTEST_SETTINGS");
	wanted_user = wanted_user ? strdup(wanted_user) : "";
	wanted_password = wanted_password ? strdup(wanted_password) : "";
	settings = settings ? strdup(settings) : "";
}

int pam_start(const char *service, const char *name, const struct pam_conv *conv, void **handle)
{
	(void)service;
	conversation = conv;
	user = name;
	*handle = &conversation;
	return OK;
}

int pam_authenticate(void *handle, int flags)
{
	struct pam_message question = { ECHO_OFF, "Password: " };
	const struct pam_message *questions[] = { &question };
	struct pam_response *answer = NULL;
	(void)handle;
	(void)flags;
	if (conversation->ask(1, questions, &answer, conversation->data) != OK || !answer || !answer->text)
		return REFUSED;
	return strcmp(user, wanted_user) || strcmp(answer->text, wanted_password) ? REFUSED : OK;
}

int pam_get_item(const void *handle, int item, const void **value)
{
	(void)handle;
	(void)item;
	*value = user;
	return OK;
}

int pam_set_item(void *handle, int item, const void *value)
{
	(void)handle;
	(void)item;
	(void)value;
	return OK;
}

static int agree(void *handle, int flags)
{
	(void)handle;
	(void)flags;
	return OK;
}

int pam_acct_mgmt(void *handle, int flags) { return agree(handle, flags); }
int pam_setcred(void *handle, int flags) { return agree(handle, flags); }
int pam_open_session(void *handle, int flags) { return agree(handle, flags); }
int pam_close_session(void *handle, int flags) { return agree(handle, flags); }
int pam_end(void *handle, int status) { return agree(handle, status); }

int cap_set_proc(void *caps)
{
	(void)caps;
	return 0;
}

#ifdef UNPRIVILEGED
/* vsftpd takes its settings only from a file of root's, if it is root. */
int stat64(const char *path, struct stat64 *info)
{
	int result = fstatat64(AT_FDCWD, path, info, 0);
	if (result == 0 && strcmp(path, settings) == 0)
		info->st_uid = 0;
	return result;
}

uid_t getuid(void) { return 0; }
uid_t geteuid(void) { return 0; }
int setuid(uid_t id) { (void)id; return 0; }
int setgid(gid_t id) { (void)id; return 0; }
int seteuid(uid_t id) { (void)id; return 0; }
int setegid(gid_t id) { (void)id; return 0; }
int setreuid(uid_t a, uid_t b) { (void)a; (void)b; return 0; }
int setregid(gid_t a, gid_t b) { (void)a; (void)b; return 0; }
int setresuid(uid_t a, uid_t b, uid_t c) { (void)a; (void)b; (void)c; return 0; }
int setresgid(gid_t a, gid_t b, gid_t c) { (void)a; (void)b; (void)c; return 0; }
int setgroups(size_t n, const gid_t *ids) { (void)n; (void)ids; return 0; }
int initgroups(const char *name, gid_t id) { (void)name; (void)id; return 0; }
int chroot(const char *path) { return chdir(path); }
#endif
