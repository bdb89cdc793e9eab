"""A pyftpdlib server as described by a JSON file (the only argument)."""

import json
import logging
import os
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer


class ImplicitHandler(TLS_FTPHandler):
    """TLS from the first byte, the greeting after the handshake."""

    def handle(self):
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self):
        super().handle()

    def ftp_AUTH(self, line):
        self.respond("503 Already using TLS.")


def handler_class(conf):
    if conf["Implicit"]:
        base = ImplicitHandler
    elif conf["TLS"]:
        base = TLS_FTPHandler
    else:
        base = FTPHandler

    class Handler(base):
        proto_cmds = {
            name: value
            for name, value in base.proto_cmds.items()
            if name not in conf["Deny"]
        }
        passive_ports = range(conf["Low"], conf["High"] + 1)
        masquerade_address = conf["Advertise"] or None
        auth_failed_timeout = 0.2

        def _on_dtp_connection(self):
            # pyftpdlib 1.5.7 keeps the connector of an active data connection
            # after the handing over of its socket. Closed by the next EPRT or
            # EPSV, it makes the loop forget whoever has got its descriptor
            # since: a control connection that answers no more.
            self._dtp_connector = None
            super()._on_dtp_connection()

    if conf["TLS"]:
        Handler.certfile = conf["Cert"]
        Handler.tls_control_required = conf["RequireTLS"]
        Handler.tls_data_required = conf["RequireTLS"]
        # Read now: the login's account cannot read the key.
        Handler.ssl_context = Handler.get_ssl_context()
    return Handler


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        conf = json.load(f)
    logging.basicConfig(level=logging.DEBUG)
    authorizer = DummyAuthorizer()
    authorizer.add_user(conf["User"], conf["Password"], conf["Dir"], perm="elradfmwMT")
    if conf["Anonymous"]:
        authorizer.add_anonymous(conf["Dir"])
    handler = handler_class(conf)
    handler.authorizer = authorizer
    server = FTPServer((conf["Host"], conf["Port"]), handler)
    server.max_cons = 1000
    server.max_cons_per_ip = conf["PerAddress"]
    os.umask(0o022)
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(conf["GID"])
        os.setuid(conf["UID"])
    server.serve_forever(handle_exit=False)


if __name__ == "__main__":
    main()
