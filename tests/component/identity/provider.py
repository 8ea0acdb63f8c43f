# ruff: noqa: ARG002 - the signatures are those of Authlib
"""A single sign-on for tests: an OpenID Connect provider made with Authlib, run as a process of its own.

`python provider.py PORT CALLBACK_URL`. Whoever asks is signed in at once as the `subject` that the test set; `fault` makes it
lie in one way (`POST /control`).
"""

import hashlib
import sys
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import ECKey, OctKey

CLIENT_ID, CLIENT_SECRET = "workbench", "a secret between provider and workbench"
KEY = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)
FOREIGN_KEY = ECKey.generate_key("P-256", {"alg": "ES256", "kid": KEY.kid})
CODES = {}
WANTED = {"subject": "s-1", "fault": ""}


class Client(ClientMixin):
    client_id = CLIENT_ID

    def __init__(self, callback):
        self.callback = callback

    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return self.callback

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.callback

    def check_client_secret(self, client_secret):
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return endpoint == "token" and method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    def __init__(self, code, asked, user):
        self.code, self.user = code, user
        self.redirect_uri, self.scope = asked.redirect_uri, asked.scope
        self.nonce = asked.data.get("nonce")
        self.code_challenge = asked.data.get("code_challenge")
        self.code_challenge_method = asked.data.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return "another" if WANTED["fault"] == "nonce" else self.nonce

    def get_auth_time(self):
        return int(time.time())

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code, request):
        CODES[code] = Code(code, request.payload, request.user)

    def query_authorization_code(self, code, client):
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code):
        del CODES[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class IdToken(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return any(code.nonce == nonce for code in CODES.values())

    def resolve_client_private_key(self, client):
        keys = {"key": FOREIGN_KEY, "secret_key": OctKey.import_key(hashlib.sha256(CLIENT_SECRET.encode()).digest())}
        return keys.get(WANTED["fault"], KEY)

    def get_client_algorithm(self, client):
        return {"none": "none", "secret_key": "HS256"}.get(WANTED["fault"], "ES256")

    def get_encode_header(self, client):
        return {"alg": self.get_client_algorithm(client), "kid": KEY.kid}

    def get_client_claims(self, client):
        return {
            "iss": "https://elsewhere.example" if WANTED["fault"] == "issuer" else issuer(),
            "aud": ["somebody-else"] if WANTED["fault"] == "audience" else [CLIENT_ID],
            "exp": int(time.time()) + (-600 if WANTED["fault"] == "expired" else 600),
        }

    def get_compatible_claims(self, request):
        return {"iat": int(time.time()) - 900, **self.get_client_claims(request.client)}

    def generate_user_info(self, user, scope):
        return UserInfo(sub=user)

    def process_token(self, grant, response):
        token = super().process_token(grant, response)
        if WANTED["fault"] == "no_id_token":
            token.pop("id_token")
        return token


def issuer():
    return request.host_url.rstrip("/")


def make_provider(callback):
    app = Flask("provider")
    server = AuthorizationServer(app, lambda _client_id: Client(callback), lambda _token, _request: None)
    server.register_grant(CodeGrant, [IdToken(), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def metadata():
        return jsonify(
            issuer=issuer(),
            authorization_endpoint=f"{issuer()}/authorize",
            token_endpoint=f"{issuer()}/token",
            jwks_uri=f"{issuer()}/jwks",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            # It offers more than anybody should take.
            id_token_signing_alg_values_supported=["ES256", "HS256", "none"],
        )

    @app.get("/jwks")
    def jwks():
        return jsonify(keys=[KEY.as_dict(private=False)])

    @app.get("/authorize")
    def authorize():
        grant = server.get_consent_grant(end_user=WANTED["subject"])
        return server.create_authorization_response(grant=grant, grant_user=WANTED["subject"])

    @app.post("/token")
    def token():
        return server.create_token_response()

    @app.post("/control")
    def control():
        WANTED.update(request.get_json())
        return jsonify(WANTED)

    return app


if __name__ == "__main__":
    make_provider(sys.argv[2]).run(port=int(sys.argv[1]))
