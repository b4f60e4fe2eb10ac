"""What stores of objects refuse, in their dozens of errors, as one of ours: with the reason and what to do."""

from __future__ import annotations

from loaders.errors import StoreError


def list_codes(error: BaseException) -> list[str]:
    """What an error and those that it came from are called: names of classes, and codes that a store gave."""
    found: list[str] = []
    while error is not None:
        found.append(type(error).__name__)
        response = getattr(error, "response", None)
        if isinstance(response, dict):
            found.append(str(response.get("Error", {}).get("Code", "")))
        following = error.__cause__ or error.__context__
        if following is None:
            break
        error = following
    return found


_GOES_ON = "what is converted stays, and the next run goes on with it"
#: Codes of stores and classes of errors, what they mean, what to do; the first row of which one is met counts.
_MEANINGS: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"}),
        "the clock of this machine differs too much from the store's",
        f"Set it by NTP (timedatectl set-ntp true) and try again; {_GOES_ON}",
    ),
    (
        frozenset(
            {
                "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired",
                "NoCredentialsError", "PartialCredentialsError", "UnauthorizedSSOTokenError", "AuthFailure",
                "CredentialRetrievalError", "RefreshError", "DefaultCredentialsError", "HttpError401",
            }
        ),
        "the store does not accept the credentials, or there are none",
        "Set them as the store's own programs take them (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for S3, on every "
        f"machine); {_GOES_ON}",
    ),
    (
        frozenset({"AccessDenied", "AllAccessDisabled", "PermissionError", "Forbidden", "403"}),
        "the store refuses it to these credentials",
        f"Give them the right to list, read and write there, or name others; {_GOES_ON}",
    ),
    (
        frozenset({"NoSuchBucket", "FileNotFoundError"}),
        "there is no such bucket or folder, or it has gone",
        f"Check the URL, or make it; {_GOES_ON}",
    ),
    (
        frozenset(
            {
                "EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError",
                "ClientConnectorError", "ConnectionError", "ConnectionRefusedError", "TimeoutError", "gaierror",
                "HTTPClientError", "ServerDisconnectedError", "ConnectionResetError", "FSTimeoutError",
            }
        ),
        "the store cannot be reached",
        f"Check the network and the store's address (AWS_ENDPOINT_URL where it is not Amazon's); {_GOES_ON}",
    ),
)  # fmt: skip


def explain_remote(place: str, error: BaseException) -> StoreError:
    """What a store or fsspec refused, as one error with its reason and what to do."""
    codes = set(list_codes(error))
    reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    if "ImportError" in codes or "ModuleNotFoundError" in codes:
        return StoreError(place, f"a package for such URLs is missing ({reason})", "Install what it names with pip")
    if type(error) is ValueError and "rotocol" in reason:
        return StoreError(place, f"fsspec knows no such URL ({reason})", "Name a path, or a URL as s3://bucket/folder")
    for met, problem, remedy in _MEANINGS:
        if met & codes:
            return StoreError(place, f"{problem} ({reason})", remedy)
    return StoreError(place, f"the store fails ({type(error).__name__}: {reason})", f"Try again; {_GOES_ON}")
